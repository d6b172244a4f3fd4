// Registers of a block: a multiprocessor has 65,536, and a launch that needs more fails. The compiler keeps a kernel within
// them for the number of threads that it declares, and every device refuses a launch with more, so every kernel declares one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensor/support/number.h"
#include "tests/simt/kernel_declarations.h"

namespace sonograd {
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
  return parse_number<int>(cell).value_or(-1);
}

// A warp gets registers in units of 256, that is 8 for each of its threads.
int registers_of_block(int threads, int registers) {
  return threads * ((registers + 7) / 8 * 8);
}

// A row of the table: a kernel with its template arguments.
struct Resources {
  std::string line, file, kernel;
  std::vector<std::string> arguments;
  int threads, registers;
};

std::vector<Resources> resource_table() {
  std::ifstream in(kRoot / "bench/results/kernel-resources.md");
  std::vector<Resources> rows;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `kernels/")) continue;
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != 7) throw std::runtime_error("not a row of seven cells: " + line);
    const std::string& name = cells[1];
    const std::size_t bracket = std::min(name.find('<'), name.size());
    const std::size_t colons = name.rfind(':', bracket);
    Resources row = {line, cells[0], name.substr(0, bracket), {}, number(cells[2]), number(cells[3])};
    if (colons != std::string::npos) row.kernel.erase(0, colons + 1);
    if (bracket < name.size())
      row.arguments = test::parts_of(name.substr(bracket + 1, name.size() - bracket - 2));
    rows.push_back(row);
  }
  return rows;
}

TEST(LaunchBounds, RegistersOfABlockFitIntoAMultiprocessor) {
  constexpr int kRegisters = 65536, kMostOfAThread = 255;
  const std::vector<Resources> rows = resource_table();
  for (const auto& [line, file, kernel, arguments, threads, registers] : rows) {
    EXPECT_TRUE(threads >= 32 && threads <= 1024 && threads % 32 == 0) << line;
    EXPECT_TRUE(registers > 0 && registers <= kMostOfAThread) << line;
    EXPECT_LE(registers_of_block(threads, registers), kRegisters) << line;
  }
  EXPECT_GT(rows.size(), 100u) << "the table was not found";
}

// The table is written by a target of its own, so it may be older than the sources: a kernel without a row, a row without a
// kernel and another number of threads fail.
TEST(LaunchBounds, TheTableHasEveryKernelWithTheThreadsThatItDeclares) {
  const std::string advice = "; cmake --build build/cuda --target resources";
  const test::KernelSources sources(kRoot);
  const std::vector<Resources> rows = resource_table();
  std::set<std::string> known;
  for (const auto& [file, source] : sources.files()) {
    for (const auto& kernel : source.kernels) {
      bool has_row = false;
      for (const Resources& row : rows) {
        if (row.kernel != kernel.name) continue;
        // The kernels of a header belong to the files that include it.
        const auto seen = sources.with_includes(row.file);
        if (std::ranges::find(seen, file) == seen.end()) continue;
        const auto& own = sources.files().at(row.file).kernels;
        if (row.file != file &&
            std::ranges::find(own, kernel.name, &test::KernelSource::Kernel::name) != own.end())
          continue;
        has_row = true;
        known.insert(row.line);
        std::map<std::string, std::string> bound;
        for (std::size_t i = 0; i < std::min(row.arguments.size(), kernel.parameters.size()); ++i) {
          if (number(row.arguments[i]) >= 0) bound[kernel.parameters[i]] = row.arguments[i];
        }
        const auto threads = sources.value_of(kernel.threads, file, bound);
        ASSERT_TRUE(threads.has_value()) << file << ": " << kernel.name << " declares " << kernel.threads;
        EXPECT_EQ(*threads, row.threads) << row.line << advice;
      }
      EXPECT_TRUE(has_row) << file << ": " << kernel.name << " is not in the table" << advice;
    }
  }
  for (const Resources& row : rows)
    EXPECT_TRUE(known.contains(row.line)) << row.line << " has no kernel" << advice;
}

}  // namespace
}  // namespace sonograd
