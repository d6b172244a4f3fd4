// Where an output goes, and the names of the helpers that lie beside it for a while.
#pragma once

#include <filesystem>
#include <string>

namespace sonograd::io {

/// The file to replace when `target` is written: `target`, or, for a symbolic link, the file it names, which need not exist.
/// Throws IoError for anything but a regular file, for one whose mode lets no user write (also for root), for a circle of
/// links and for a name that the system does not allow.
std::filesystem::path resolve_output(const std::filesystem::path& target);

/// Folder of a file; `.` for a bare name.
std::filesystem::path folder_of(const std::filesystem::path& file);

/// `.NAME`, the beginning of the names of hidden helpers of `file`; 48 bytes are left for their ending. A NAME that is too
/// long for that is cut, and a hash of the whole takes the place of the rest.
std::string hidden_prefix(const std::filesystem::path& file);

}  // namespace sonograd::io
