#include "app/terminal/usage_hint.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <string_view>

#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::app {
namespace {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// `sonograd bench kernels`.
std::string path_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name()
                                     : concat(path_of(*app.get_parent()), ' ', app.get_name());
}

std::string list_of_commands(const CLI::App& app) {
  const std::vector<std::string> names = command_names(app);
  return listed(names, names.size());
}

std::string no_such_command(const CLI::App& app, const std::string& word) {
  const std::string suggestion = did_you_mean(word, command_names(app));
  return concat(path_of(app), " has no command '", word, '\'',
                suggestion.empty() ? concat("; there are ", list_of_commands(app)) : suggestion);
}

std::string no_such_option(const CLI::App& app, const std::string& name) {
  const std::string suggestion = did_you_mean(name, option_names(app));
  return concat(path_of(app), " has no option ", name,
                suggestion.empty() ? concat("; `", path_of(app), " --help` lists them") : suggestion);
}

bool is_short_option(const std::string& word) {
  return word.size() == 2 && word[0] == '-' && std::isalpha(static_cast<unsigned char>(word[1])) != 0;
}

// The command that the words lead to, and the error message for the first word that is none of its commands or options.
struct Walk {
  const CLI::App* command = nullptr;
  std::string fault = {};
};

Walk walk(const CLI::App& root, const std::vector<std::string>& words) {
  const CLI::App* app = &root;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--") break;
    if (word.starts_with("--") || is_short_option(word)) {
      const std::size_t equals = word.find('=');
      const std::string name = word.substr(0, equals);
      const CLI::Option* const option = app->get_option_no_throw(name);
      if (option == nullptr) return {app, no_such_option(*app, name)};
      if (option->get_items_expected_max() > 0 && equals == std::string::npos) ++i;
      continue;
    }
    const std::vector<const CLI::App*> commands = app->get_subcommands({});
    if (word.starts_with('-') || commands.empty()) continue;
    const auto command =
        std::ranges::find(commands, word, [](const CLI::App* each) { return each->get_name(); });
    if (command == commands.end()) return {app, no_such_command(*app, word)};
    app = *command;
  }
  return {app};
}

// `text` without `begin` and all before it, and without `end` and all behind it; empty where one is missing.
std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  const std::size_t to = text.find(end, from + begin.size());
  return to == std::string::npos ? "" : text.substr(from + begin.size(), to - from - begin.size());
}

// `NAME: basch not in {bash,zsh,fish}`.
std::string not_a_member(const std::string& name, const std::string& rest) {
  constexpr std::string_view kNotIn = " not in {";
  const std::string value = rest.substr(0, rest.find(kNotIn));
  std::vector<std::string> members = CLI::detail::split(between(rest, kNotIn, "}"), ',');
  const std::string suggestion = did_you_mean(value, members);
  const std::string last = members.back();
  members.pop_back();
  std::string all;
  for (const std::string& member : members) all += concat(all.empty() ? "" : ", ", member);
  return concat(name, ": expected ", all, all.empty() ? "" : " or ", last, ", got '", value, '\'',
                suggestion);
}

// A message of CLI11 in the words of the other errors.
std::string in_words(const CLI::App& app, const std::string& reason) {
  if (reason == "A subcommand is required")
    return concat(path_of(app), ": expected a command; there are ", list_of_commands(app));
  constexpr std::string_view kConvert = "Could not convert: ", kIs = " = ";
  if (const std::string name = between(reason, kConvert, kIs); !name.empty()) {
    return concat(name, ": expected a number such as 10 or 0.5, got '",
                  reason.substr(kConvert.size() + name.size() + kIs.size()), '\'');
  }
  const std::size_t colon = reason.find(": ");
  if (colon == std::string::npos) return reason;
  const std::string name = reason.substr(0, colon), rest = reason.substr(colon + 2);
  constexpr std::string_view kTwice = "At Most 1 required but received ";
  if (rest.starts_with(kTwice))
    return concat(name, ": expected once, got it ", rest.substr(kTwice.size()), " times");
  if (rest.starts_with("1 required ") && rest.ends_with(" missing"))
    return concat(name, ": the value is missing");
  return rest.find(" not in {") == std::string::npos ? reason : not_a_member(name, rest);
}

// The variable of the option that `reason` is about, when the option was not on the command line.
std::string environment_hint(const CLI::App& app, const std::string& reason) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string variable = option->get_envname();
    if (variable.empty() || std::getenv(variable.c_str()) == nullptr) continue;
    const bool is_typed = std::ranges::find(app.parse_order(), option) != app.parse_order().end();
    if (!is_typed && reason.starts_with(option->get_name() + ':'))
      return concat("the value is that of ", variable, " in the environment");
  }
  return "";
}

}  // namespace

std::string misspelt_word(const CLI::App& root, const std::vector<std::string>& words) {
  return walk(root, words).fault;
}

std::vector<std::string> usage_remarks(const CLI::App& root, const std::vector<std::string>& words,
                                       const std::string& reason) {
  const CLI::App& app = *walk(root, words).command;
  const std::string variable = environment_hint(app, reason);
  return {in_words(app, reason),
          variable.empty() ? concat("`", path_of(app), " --help` shows the usage") : variable};
}

}  // namespace sonograd::app
