// Registers of a block: a multiprocessor has 65,536, and a launch that needs more fails. The compiler keeps a kernel within
// them for the number of threads that it declares, and a launch with more threads is refused on every device, so every kernel
// declares one.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SONOGRAD_SOURCE_DIR;

bool is_kernel_source(const fs::path& file) {
  return file.extension() == ".cu" || file.extension() == ".cuh";
}

TEST(LaunchBounds, EveryKernelOfTheLibraryDeclaresItsThreads) {
  int kernels = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "kernels")) {
    const bool device_language = entry.path().filename() == "elementwise.h";
    if (!is_kernel_source(entry.path()) && !device_language) continue;
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("SONOGRAD_KERNEL")) ++kernels;
      EXPECT_EQ(line.find("__global__"), std::string::npos) << entry.path() << ": " << line;
    }
  }
  EXPECT_GT(kernels, 50) << "the kernels were not found";
}

}  // namespace
