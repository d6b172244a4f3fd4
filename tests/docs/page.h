// Pages of the documentation as tests: their commands are run, and what they show must be what comes out.
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

/// What `commands` print on stdout and stderr, run by bash in `folder` with this build's binary on the path. Their failure is
/// the test's.
std::string run_shell(const std::filesystem::path& folder, const std::string& commands);

/// `printed` must contain the lines `expected`, in this order; `...` in them stands for anything.
void expect_lines(const std::string& expected, const std::string& printed);

}  // namespace sonograd::docs
