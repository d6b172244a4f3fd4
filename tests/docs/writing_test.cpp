// The mistakes that docs/writing.md names and a program can find, in the folders that have been revised.
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <set>

#include "tests/support/files.h"

namespace sonograd::docs {
namespace {

namespace fs = std::filesystem;

// Lines of a file that break a rule, as `file:line: text`.
std::vector<std::string> faults_in(const fs::path& file, const std::regex& fault) {
  std::vector<std::string> faults;
  std::ifstream in(file);
  std::size_t number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (std::regex_search(line, fault))
      faults.push_back(file.string() + ':' + std::to_string(number) + ": " + line);
  }
  return faults;
}

void expect_plain(const fs::path& folder, const std::set<std::string>& endings, const std::regex& fault) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SONOGRAD_SOURCE_DIR) / folder)) {
    const fs::path& file = entry.path();
    // The page itself contains the words to avoid.
    if (!endings.contains(file.extension().string()) || file.filename() == "writing.md") continue;
    ++files;
    for (const std::string& line : faults_in(file, fault)) ADD_FAILURE() << line;
  }
  EXPECT_GT(files, 0u) << folder << " was not found";
}

TEST(Writing, CommentsAndMessagesArePlain) {
  // `wants`, and comments that begin with a relative clause or a bare genitive.
  const std::regex fault(R"(\bwants?\b|^\s*///?<? (What|Of) )", std::regex::optimize);
  for (const char* const folder : {"app", "kernels", "train"})
    expect_plain(folder, {".h", ".cpp", ".cu", ".cuh"}, fault);
}

TEST(Writing, PagesArePlain) {
  expect_plain("docs", {".md"}, std::regex(R"(\bwants\b|\bcontests?\b)", std::regex::optimize));
}

TEST(Writing, TheRulesFindMistakes) {
  const fs::path file =
      test::write_file("mistakes.txt", "/// What a run tells.\nplain\nthe network wants more\n");
  const auto faults = faults_in(file, std::regex(R"(\bwants?\b|^\s*///?<? (What|Of) )"));
  EXPECT_EQ(faults.size(), 2u);
}

}  // namespace
}  // namespace sonograd::docs
