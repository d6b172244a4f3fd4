// Registers of a block: a multiprocessor has 65,536, and a launch that needs more fails. The compiler keeps a kernel within
// them for the number of threads that it declares, so every kernel declares one.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace {

namespace fs = std::filesystem;

bool is_kernel_source(const fs::path& file) {
  return file.extension() == ".cu" || file.extension() == ".cuh";
}

TEST(LaunchBounds, EveryKernelOfTheLibraryDeclaresItsThreads) {
  int kernels = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SONOGRAD_SOURCE_DIR) / "kernels")) {
    const bool device_language = entry.path().filename() == "elementwise.h";
    if (!is_kernel_source(entry.path()) && !device_language) continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      if (!line.starts_with("__global__")) continue;
      ++kernels;
      EXPECT_NE(line.find("__launch_bounds__("), std::string::npos) << entry.path() << ": " << line;
    }
  }
  EXPECT_GT(kernels, 50) << "the kernels were not found";
}

}  // namespace
