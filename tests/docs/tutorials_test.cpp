// The commands in the pages for newcomers work. In docs/tutorials, blocks fenced as `sh` are run by bash, blocks of a page in
// one folder and one after the other; their output must contain the block fenced as `text` behind them.
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <sstream>

#include "audio/synth/soundfont.h"
#include "tensor/support/error.h"
#include "tests/docs/page.h"
#include "tests/support/files.h"

namespace sonograd::docs {
namespace {

namespace fs = std::filesystem;

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
      EXPECT_NE(help.find(word), std::string::npos) << verb << " has no option " << word;
      ++checked;
    }
  }
  EXPECT_GE(checked, 5);
}

}  // namespace
}  // namespace sonograd::docs
