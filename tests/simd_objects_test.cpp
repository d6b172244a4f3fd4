// Contents of the object files of the hot loops for AVX-512. The linker keeps one copy of every inline function that
// several files define; if it came from these files, a processor without AVX-512 would fail on it. And a compiler that gives up on a
// loop leaves it ten times as slow without a word.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

// Output of a command; nothing when it fails.
std::vector<std::string> lines_of(const std::string& command) {
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output.push_back(static_cast<char>(c));
  if (pclose(pipe) != 0) return {};
  std::vector<std::string> lines;
  std::istringstream text(output);
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::vector<fs::path> avx512_objects() {
  std::vector<fs::path> objects;
  for (const auto& entry : fs::recursive_directory_iterator(SONOGRAD_BINARY_DIR)) {
    const std::string path = entry.path().generic_string();
    if (path.ends_with("_simd.cpp.o") && path.find("generated/avx512/") != path.npos)
      objects.push_back(entry);
  }
  return objects;
}

TEST(SimdObjects, Avx512CodeHasNamesOfItsOwn) {
  if (lines_of("nm --version 2>/dev/null").empty()) GTEST_SKIP() << "nm is not installed";
  const auto objects = avx512_objects();
  if (objects.empty()) GTEST_SKIP() << "this build has one instruction set";
  for (const fs::path& object : objects) {
    const auto symbols = lines_of("nm --demangle --defined-only --extern-only '" + object.string() + "'");
    EXPECT_FALSE(symbols.empty()) << object << " defines nothing";
    for (const std::string& symbol : symbols) {
      const std::size_t address_ends = symbol.find(' ');
      if (symbol.substr(address_ends, 3) == " V ")
        continue;  // data that several files share, no instructions
      EXPECT_TRUE(symbol.find("::avx512::") != symbol.npos) << object << " defines " << symbol;
    }
  }
}

// Arithmetic of a function in its disassembly: instructions on one float and on vectors.
struct Arithmetic {
  int single = 0, vectors = 0;

  void count(const std::string& instruction) {
    constexpr const char* kKinds[] = {"add", "sub", "mul", "div", "fm", "fnm"};
    std::istringstream words(instruction);
    std::string name;
    words >> name;
    if (name.size() < 5 || name.front() != 'v') return;
    const bool computes = std::ranges::any_of(
        kKinds, [&](std::string_view kind) { return name.compare(1, kind.size(), kind) == 0; });
    if (!computes) return;
    single += name.ends_with("ss");
    vectors += name.ends_with("ps");
  }
};

// Finds functions whose every loop was left to single floats; the rest of a loop that is no whole vector is single floats, too.
TEST(SimdObjects, Avx512FunctionsComputeWithVectors) {
  if (lines_of("objdump --no-addresses --version 2>/dev/null").empty())
    GTEST_SKIP() << "objdump is not installed, or older than binutils 2.35";
  constexpr int kLoop = 5;  // a function with fewer operations need not have a loop
  const auto objects = avx512_objects();
  if (objects.empty()) GTEST_SKIP() << "this build has one instruction set";
  int functions = 0;
  for (const fs::path& object : objects) {
    std::string function;
    Arithmetic arithmetic;
    const auto end_function = [&] {
      if (function.empty()) return;
      ++functions;
      EXPECT_FALSE(arithmetic.single >= kLoop && arithmetic.vectors == 0)
          << object.filename() << ": " << function << " has " << arithmetic.single
          << " operations on single floats and none on vectors";
    };
    for (const std::string& line :
         lines_of("objdump -d --demangle --no-show-raw-insn --no-addresses '" + object.string() + "'")) {
      if (line.starts_with('<')) {
        end_function();
        function = line;
        arithmetic = {};
      } else {
        arithmetic.count(line);
      }
    }
    end_function();
  }
  EXPECT_GT(functions, 0) << "objdump prints something else";
}

}  // namespace
