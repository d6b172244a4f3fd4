// The --labels argument.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sonograd::app {

/// `mtat`, `msd`, `jamendo`, or a file with one label per line; empty: "tag00", "tag01", … for `outputs`
/// outputs. Throws ConfigError when there is no such list or file, or the file has an empty or repeated line.
std::vector<std::string> labels_from_argument(const std::string& argument, std::int64_t outputs);

}  // namespace sonograd::app
