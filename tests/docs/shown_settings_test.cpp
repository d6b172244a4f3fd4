// Every `--set KEY=VALUE` of README and the pages of docs/ exists, in range, where it is shown: for the network of the command
// around it; else for the network of the page, else for one that its paragraph names, else for any.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <gtest/gtest.h>
// std::regex under the sanitizers: g++ 12 warns about reads before writes in it.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <regex>

#include "models/core/architecture.h"
#include "tests/support/files.h"
#include "train/config/config.h"

namespace sonograd::docs {
namespace {

namespace fs = std::filesystem;

struct ShownSetting {
  std::string key, value;
  std::string command;    // of sonograd; empty: not part of one
  std::string paragraph;  // up to blank lines
  std::string where;      // page:line
};

// The text from the beginning of a command, or of a span of code, to `at`. A backslash continues a line.
std::string command_before(const std::string& text, std::size_t at) {
  std::size_t begin = at;
  for (; begin > 0; --begin) {
    const char before = text[begin - 1];
    if (before == '`' || (before == '\n' && (begin < 2 || text[begin - 2] != '\\'))) break;
  }
  return text.substr(begin, at - begin);
}

std::string paragraph_around(const std::string& text, std::size_t at) {
  const std::size_t before = text.rfind("\n\n", at), after = text.find("\n\n", at);
  const std::size_t begin = before == std::string::npos ? 0 : before;
  return text.substr(begin, after == std::string::npos ? after : after - begin);
}

std::vector<ShownSetting> settings_shown_in(const fs::path& page) {
  static const std::regex assignment(R"(--set\s+([a-z_]+\.[a-z_0-9]+)=([^\s`'")|,;]*))");
  const std::string text = test::read_file(page);
  std::vector<ShownSetting> found;
  for (std::sregex_iterator match(text.begin(), text.end(), assignment), end; match != end; ++match) {
    const auto at = static_cast<std::size_t>(match->position());
    const auto line = 1 + std::count(text.begin(), text.begin() + match->position(), '\n');
    found.push_back({(*match)[1].str(), (*match)[2].str(), command_before(text, at),
                     paragraph_around(text, at), concat(page.string(), ':', line)});
  }
  return found;
}

bool contains_name(const std::string& text, const std::string& name) {
  return std::regex_search(text, std::regex(concat("(^|[^a-z_0-9])", name, "($|[^a-z_0-9])")));
}

// Networks for which a setting may be shown.
std::vector<std::string> networks_of(const ShownSetting& shown, const fs::path& page) {
  static const std::regex named(R"((--arch|sonograd models)\s+([a-z_0-9]+))");
  const std::vector<std::string> all = models::architecture_names();
  std::smatch match;
  if (std::regex_search(shown.command, match, named)) return {match[2].str()};
  if (std::ranges::find(all, page.stem().string()) != all.end()) return {page.stem().string()};
  std::vector<std::string> mentioned;
  std::ranges::copy_if(all, std::back_inserter(mentioned),
                       [&](const std::string& name) { return contains_name(shown.paragraph, name); });
  return mentioned.empty() ? all : mentioned;
}

// `N`, `VALUE` and `…` stand for a value.
bool is_placeholder(const std::string& value) {
  return value == "…" || std::ranges::all_of(value, [](unsigned char c) { return std::isupper(c) != 0; });
}

// An empty text, or the reason why a command does not take the setting. `sonograd train` takes those of the run as well.
std::string refusal(const std::string& network, const ShownSetting& shown) {
  try {
    const models::OptionTable options = models::find_architecture(network).options;
    if (const auto path = models::parse_option_path(shown.key)) {
      const models::Option& option = options.at(path->key);
      if (option.path() != shown.key) return concat(shown.key, " is called ", option.path());
      if (!is_placeholder(shown.value)) options.parse({concat(shown.key, '=', shown.value)});
      return "";
    }
    if (train::find_setting(shown.key) == nullptr) return concat("there is no setting ", shown.key);
    if (!shown.command.empty() && shown.command.find("sonograd") != std::string::npos &&
        !contains_name(shown.command, "train"))
      return concat(shown.key, " is a setting of `sonograd train`");
    if (!is_placeholder(shown.value))
      train::merge_config({.flags = {{"train.arch", network, "--arch"}, {shown.key, shown.value, "--set"}}});
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

std::vector<fs::path> pages_with_settings() {
  std::vector<fs::path> pages = {SONOGRAD_SOURCE_DIR "/README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(SONOGRAD_SOURCE_DIR "/docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  return pages;
}

TEST(ShownSettings, ExistWhereTheyAreShown) {
  int checked = 0;
  for (const fs::path& page : pages_with_settings()) {
    for (const ShownSetting& shown : settings_shown_in(page)) {
      ++checked;
      std::string reasons;
      bool exists = false;
      for (const std::string& network : networks_of(shown, page)) {
        const std::string reason = refusal(network, shown);
        exists |= reason.empty();
        reasons += concat("\n  ", network, ": ", reason);
      }
      EXPECT_TRUE(exists) << shown.where << ": --set " << shown.key << '=' << shown.value << reasons;
    }
  }
  EXPECT_GE(checked, 25);
}

TEST(ShownSettings, ThatAreWrongAreFound) {
  const auto refusal_of = [](const char* network, const char* key, const char* value) {
    return refusal(network, {.key = key, .value = value, .command = "", .paragraph = "", .where = ""});
  };
  EXPECT_EQ(refusal_of("music_tagging_transformer", "model.width", "64"), "");
  EXPECT_NE(refusal_of("music_tagging_transformer", "model.dim", "64"), "");
  EXPECT_NE(refusal_of("fcn", "model.width", "64"), "") << "of another network";
  EXPECT_NE(refusal_of("fcn", "model.n_mels", "64"), "") << "of another section";
  EXPECT_NE(refusal_of("fcn", "model.channels", "0"), "") << "out of range";
  EXPECT_EQ(refusal_of("fcn", "model.channels", "N"), "");
  EXPECT_EQ(refusal_of("fcn", "optim.lr", "3e-3"), "");
  EXPECT_NE(refusal_of("fcn", "optim.rate", "3e-3"), "");
}

}  // namespace
}  // namespace sonograd::docs
