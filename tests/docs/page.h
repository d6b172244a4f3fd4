// Pages of the documentation as tests: their commands are run, and the output must be the one of the page.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sonograd::docs {

/// A block between two lines that begin with ```, and the word behind the first of them.
struct Block {
  std::string language, text;
};

std::vector<Block> fenced_blocks(const std::filesystem::path& page);

/// Output of `commands` on stdout and stderr, run by bash in `folder` with the binary of this build on the path. The test fails
/// when they fail.
std::string run_shell(const std::filesystem::path& folder, const std::string& commands);

/// Expects that `printed` contains the lines `expected`, in this order; `...` in them stands for any text.
void expect_lines(const std::string& expected, const std::string& printed);

}  // namespace sonograd::docs
