// Model files with changed metadata.
#pragma once

#include <filesystem>
#include <vector>

namespace sonograd::test {

/// Adds the option `model.width_factor` = 1.5, which no network of this version has, to a model file, as a later version of
/// sonograd writes it. The network needs it, unless `is_optional`.
void add_later_option(const std::filesystem::path& file, bool is_optional = true);

std::vector<double> thresholds_in(const std::filesystem::path& file);
void set_thresholds(const std::filesystem::path& file, const std::vector<double>& thresholds);

}  // namespace sonograd::test
