// The page about prepared data: what is in them, as one HTML file without other files.
#pragma once

#include <filesystem>

namespace sonograd::train::report {

/// Writes FOLDER/statistics.html from the files of complete prepared data (train/data/prepare/prepare.h); `replaces`: also where it
/// is there already. Equal data give equal bytes. Throws IoError, and DataError as LabelsTable::read.
void write_set_page(const std::filesystem::path& folder, bool replaces);

}  // namespace sonograd::train::report
