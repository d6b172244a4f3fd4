// The pages for newcomers do what they say. In docs/tutorials, blocks fenced as `sh` are run by bash, those of a page in one
// folder and one after the other; a block fenced as `text` behind one is what its output must contain, line by line in this
// order, where `...` stands for anything.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "audio/synth/soundfont.h"
#include "tensor/error.h"
#include "tests/support/files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;

struct Block {
  std::string language, text;
};

std::vector<Block> fenced_blocks(const fs::path& page) {
  std::vector<Block> blocks;
  std::ifstream in(page);
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      if (!inside) blocks.push_back({line.substr(3), ""});
      inside = !inside;
    } else if (inside) {
      blocks.back().text += line + '\n';
    }
  }
  return blocks;
}

// What `commands` print on stdout and stderr, run in `folder` with this build's binary on the path.
std::string run_shell(const fs::path& folder, const std::string& commands) {
  const fs::path script = test::write_file(folder / "commands.sh", commands);
  const fs::path output = folder / "output.txt";
  const std::string path = concat(fs::path(SONOGRAD_BINARY).parent_path().string(), ':', std::getenv("PATH"));
  const std::string line =
      concat("cd '", folder.string(), "' && HOME='", folder.string(), "' XDG_CACHE_HOME='",
             (folder / "cache").string(), "' PATH='", path, "' bash -euo pipefail '", script.string(), "' >'",
             output.string(), "' 2>&1");
  const int status = std::system(line.c_str());
  const std::string printed = test::read_file(output);
  EXPECT_EQ(status, 0) << "the commands\n" << commands << "failed and printed\n" << printed;
  return printed;
}

void expect_lines(const std::string& expected, const std::string& printed) {
  std::size_t at = 0;
  std::istringstream lines(expected);
  for (std::string line; std::getline(lines, line);) {
    for (std::size_t begin = 0; begin <= line.size();) {
      const std::size_t end = std::min(line.find("...", begin), line.size());
      std::string piece = line.substr(begin, end - begin);
      piece.erase(0, piece.find_first_not_of(' '));
      piece.erase(piece.find_last_not_of(' ') + 1);
      const std::size_t found = printed.find(piece, at);
      ASSERT_NE(found, std::string::npos) << "'" << piece << "' is not, in this place, in\n" << printed;
      at = found + piece.size();
      begin = end + 3;
    }
  }
}

class Tutorial : public testing::TestWithParam<fs::path> {
 protected:
  void SetUp() override {
    try {
      audio::synth::find_soundfont();
    } catch (const Error&) {
      GTEST_SKIP() << "no General MIDI soundfont is installed";
    }
  }
};

TEST_P(Tutorial, DoesWhatItSays) {
  const fs::path folder = test::temporary_folder(GetParam().stem().string());
  std::string printed;
  int commands = 0;
  for (const auto& [language, text] : fenced_blocks(GetParam())) {
    if (language == "sh") {
      printed = run_shell(folder, text);
      ++commands;
    }
    if (language == "text") expect_lines(text, printed);
    if (HasFailure()) return;
  }
  EXPECT_GT(commands, 0);
}

std::vector<fs::path> pages() {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(SONOGRAD_SOURCE_DIR "/docs/tutorials")) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

INSTANTIATE_TEST_SUITE_P(Pages, Tutorial, testing::ValuesIn(pages()), [](const auto& page) {
  std::string name = page.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
});

// README's commands take too long to run here; their flags must exist all the same.
TEST(Readme, NamesFlagsThatExist) {
  const fs::path folder = test::temporary_folder("readme");
  std::istringstream readme(test::read_file(SONOGRAD_SOURCE_DIR "/README.md"));
  int checked = 0;
  for (std::string line; std::getline(readme, line);) {
    if (!line.starts_with("sonograd ")) continue;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string program, verb, word;
    words >> program >> verb;
    if (verb == "data" && words >> word) verb += ' ' + word;
    const std::string help = run_shell(folder, concat("sonograd ", verb, " --help\n"));
    while (words >> word) {
      if (!word.starts_with('-')) continue;
      EXPECT_NE(help.find(word), std::string::npos) << verb << " does not know " << word;
      ++checked;
    }
  }
  EXPECT_GE(checked, 5);
}

}  // namespace
}  // namespace sonograd
