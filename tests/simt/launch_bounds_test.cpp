// Registers of a block: a multiprocessor has 65,536, and a launch that needs more fails. The compiler keeps a kernel within
// them for the number of threads that it declares, and every device refuses a launch with more, so every kernel declares one.
#include <charconv>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <vector>

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

// Cells of a row of Markdown; a template argument list contains no bar.
std::vector<std::string> cells_of(const std::string& row) {
  std::vector<std::string> cells;
  for (std::size_t begin = 1; begin < row.size();) {
    const std::size_t end = row.find('|', begin);
    if (end == std::string::npos) break;
    std::string cell = row.substr(begin, end - begin);
    std::erase_if(cell, [](char c) { return c == ' ' || c == '`'; });
    cells.push_back(cell);
    begin = end + 1;
  }
  return cells;
}

int number(const std::string& cell) {
  int value = -1;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc() && end == cell.data() + cell.size() ? value : -1;
}

// A warp gets registers in units of 256, that is 8 for each of its threads.
int registers_of_block(int threads, int registers) {
  return threads * ((registers + 7) / 8 * 8);
}

TEST(LaunchBounds, RegistersOfABlockFitIntoAMultiprocessor) {
  constexpr int kRegisters = 65536, kMostOfAThread = 255;
  std::ifstream in(kRoot / "bench/results/kernel-resources.md");
  int kernels = 0;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `kernels/")) continue;
    const std::vector<std::string> cells = cells_of(line);
    ASSERT_EQ(cells.size(), 7u) << line;
    const int threads = number(cells[2]), registers = number(cells[3]);
    EXPECT_TRUE(fs::exists(kRoot / cells[0])) << line << ": cmake --build build/cuda --target resources";
    EXPECT_TRUE(threads >= 32 && threads <= 1024 && threads % 32 == 0) << line;
    EXPECT_TRUE(registers > 0 && registers <= kMostOfAThread) << line;
    EXPECT_LE(registers_of_block(threads, registers), kRegisters) << line;
    ++kernels;
  }
  EXPECT_GT(kernels, 100) << "the table was not found";
}

}  // namespace
