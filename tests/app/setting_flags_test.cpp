// Flags of training settings have the help, range and default of the table of settings.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "tests/app/run_sonograd.h"
#include "train/config/setting_table.h"

namespace sonograd {
namespace {

using test::run_sonograd;
using testing::HasSubstr;

struct Flag {
  std::vector<std::string> command;
  std::string flag, key;
};

const Flag kFlags[] = {{{"train"}, "--epochs", "train.epochs"},
                       {{"train"}, "--recipe", "train.recipe"},
                       {{"train"}, "--split", "data.split"},
                       {{"train"}, "--threads", "train.threads"},
                       {{"data", "check"}, "--task", "data.task"},
                       {{"tag"}, "--threads", "train.threads"},
                       {{"evaluate"}, "--precision", "train.precision"}};

// The help of one flag: its line and the one below.
std::string help_of(const Flag& flag) {
  std::vector<std::string> arguments = flag.command;
  arguments.push_back("--help");
  std::istringstream lines(run_sonograd(arguments).out);
  for (std::string line, next; std::getline(lines, line);) {
    if (!line.starts_with("  " + flag.flag + ' ')) continue;
    std::getline(lines, next);
    return line + '\n' + next;
  }
  return "no such flag";
}

TEST(SettingFlags, HaveTheHelpAndRangeOfTheirSetting) {
  for (const Flag& flag : kFlags) {
    const train::Setting& setting = *train::find_setting(flag.key);
    const std::string help = help_of(flag);
    EXPECT_THAT(help, HasSubstr(std::string(setting.help))) << flag.flag;
    if (setting.is_number()) {
      EXPECT_THAT(help, HasSubstr('(' + setting.range() + ')')) << flag.flag;
    }
    for (const std::string_view word : setting.words()) EXPECT_THAT(help, HasSubstr(std::string(word)));
  }
}

// Options whose default is that of the model or run, and the settings of which they take the place.
TEST(SettingFlags, OptionsInPlaceOfASettingHaveItsHelp) {
  const Flag options[] = {{{"tag"}, "--chunks", "eval.chunks"},
                          {{"evaluate"}, "--aggregate", "eval.aggregate"},
                          {{"evaluate"}, "--pad", "eval.pad"},
                          {{"evaluate"}, "--cache-max", "data.cache_max"},
                          {{"report"}, "--cache-max", "data.cache_max"}};
  for (const Flag& option : options) {
    const train::Setting& setting = *train::find_setting(option.key);
    EXPECT_THAT(help_of(option), HasSubstr(std::string(setting.help) + " (default: the ")) << option.flag;
  }
  const std::string_view hop = train::find_setting("eval.hop")->help;
  EXPECT_THAT(help_of({{"tag"}, "--hop", "eval.hop"}),
              HasSubstr(std::string(hop.substr(0, hop.find(';'))) + " (default: the model's)"))
      << "0 is no hop of tag";
}

TEST(SettingFlags, RefuseWhatTheirSettingRefusesAndNameKeyAndRange) {
  const std::pair<std::vector<std::string>, std::string> mistakes[] = {
      {{"train", "--epochs", "0"}, "train.epochs: expected 1 to 100000 epochs, got '0'"},
      {{"train", "--recipe", "best"},
       "train.recipe: expected mtt|musicnn|noisy_student|plain|pons|sota, got 'best'"},
      {{"train", "--threads", "5000"}, "train.threads: expected 0 to 4096, got '5000'"},
      {{"tag", "model", "song", "--threads", "5000"}, "train.threads: expected 0 to 4096, got '5000'"},
      {{"data", "check", "music", "--task", "genre"},
       "data.task: expected auto|tags|label|segments, got 'genre'"}};
  for (const auto& [arguments, message] : mistakes) {
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 2) << message;
    EXPECT_THAT(result.err, HasSubstr(message));
    EXPECT_THAT(result.err, HasSubstr("--")) << "names the flag";
  }
}

}  // namespace
}  // namespace sonograd
