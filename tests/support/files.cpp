#include "tests/support/files.h"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace sonograd::test {
namespace {

namespace fs = std::filesystem;

// Folder of this process, deleted when it ends.
struct Folder {
  fs::path path = fs::path(testing::TempDir()) / ("sonograd-tests-" + std::to_string(getpid()));

  Folder() { fs::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

}  // namespace

fs::path temporary_path(std::string_view name) {
  static const Folder folder;
  return folder.path / name;
}

fs::path temporary_folder(std::string_view name) {
  const fs::path folder = temporary_path(name);
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

fs::path write_file(const fs::path& path, std::string_view bytes) {
  const fs::path file = path.is_absolute() ? path : temporary_path(path.string());
  std::ofstream(file, std::ios::binary) << bytes;
  return file;
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

fs::path golden_path(std::string_view name) {
  const char* folder = std::getenv("SONOGRAD_GOLDEN");
  return fs::path(folder != nullptr ? folder : SONOGRAD_SOURCE_DIR "/tests/golden") / name;
}

fs::path shared_path(std::string_view name) {
  const char* folder = std::getenv("SONOGRAD_SHARED");
  return fs::path(folder != nullptr ? folder : SONOGRAD_SOURCE_DIR "/../shared") / name;
}

}  // namespace sonograd::test
