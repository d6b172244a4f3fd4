// Files of tests, below testing::TempDir() in a folder of this process.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace sonograd::test {

/// `name` in the folder of this process. Nothing is created there.
std::filesystem::path temporary_path(std::string_view name);
/// A new, empty folder.
std::filesystem::path temporary_folder(std::string_view name);

/// Writes `bytes` to `path`; a relative one is taken below the folder of this process. Returns where it is.
std::filesystem::path write_file(const std::filesystem::path& path, std::string_view bytes);
std::string read_file(const std::filesystem::path& path);

/// A file of tests/golden: in the folder of the environment variable SONOGRAD_GOLDEN, else in the sources.
std::filesystem::path golden_path(std::string_view name);

/// A file or folder that this machine may have beside the sources, and the tests do not need: below the folder of the environment
/// variable SONOGRAD_SHARED, else ../shared of the sources.
std::filesystem::path shared_path(std::string_view name);

}  // namespace sonograd::test
