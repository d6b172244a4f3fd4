#include "app/terminal/usage_hint.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

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

std::string command_hint(const CLI::App& app, const std::string& word) {
  const std::vector<std::string> names = command_names(app);
  const std::string suggestion = did_you_mean(word, names);
  const std::string path = app.get_parent() == nullptr ? app.get_name() : "sonograd " + app.get_name();
  return concat(path, " has no command '", word, '\'',
                suggestion.empty() ? concat("; there are ", listed(names, names.size())) : suggestion);
}

// The variable of the option that `message` is about, when the option was not on the command line.
std::string environment_hint(const CLI::App& app, const std::string& message) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string variable = option->get_envname();
    if (variable.empty() || std::getenv(variable.c_str()) == nullptr) continue;
    const bool is_typed = std::ranges::find(app.parse_order(), option) != app.parse_order().end();
    if (!is_typed && message.starts_with(option->get_name() + ':'))
      return concat("the value is that of ", variable, " in the environment");
  }
  return "";
}

}  // namespace

std::string usage_hint(const CLI::App& root, int argc, const char* const* argv, const std::string& message) {
  const CLI::App* app = &root;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--") break;
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      const std::string name = word.substr(0, equals);
      const CLI::Option* const option = app->get_option_no_throw(name);
      if (option == nullptr) {
        const std::string suggestion = did_you_mean(name, option_names(*app));
        return suggestion.empty() ? "" : concat(app->get_name(), " has no option ", name, suggestion);
      }
      if (option->get_items_expected_max() > 0 && equals == std::string::npos) ++i;
      continue;
    }
    if (word.starts_with('-') || app->get_subcommands({}).empty()) continue;
    const std::vector<const CLI::App*> commands = app->get_subcommands({});
    const auto command =
        std::ranges::find(commands, word, [](const CLI::App* each) { return each->get_name(); });
    if (command == commands.end()) return command_hint(*app, word);
    app = *command;
  }
  return environment_hint(*app, message);
}

}  // namespace sonograd::app
