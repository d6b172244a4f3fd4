#include <fmt/format.h>
#include <sstream>

#include "app/completion/completion.h"

namespace sonograd::app {
namespace {

std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' || c == '\\' ? fmt::format("\\{}", c) : std::string(1, c);
  return result + '\'';
}

// True where the words of `command` were typed, and none of those that follow it.
std::string condition(const CommandInfo& command) {
  std::string test;
  std::istringstream words(command.path);
  for (std::string word; words >> word;) test += fmt::format("__fish_seen_subcommand_from {}; and ", word);
  if (command.commands.empty()) return test.empty() ? test : test.substr(0, test.size() - 6);
  test += "not __fish_seen_subcommand_from";
  for (const CommandInfo& below : command.commands) test += ' ' + below.name;
  return test;
}

std::string option_line(const std::string& where, const OptionInfo& option) {
  std::string line = fmt::format("complete -c sonograd -n {}", where);
  for (const std::string& name : option.names) {
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  if (!option.value.empty()) line += " -r";
  if (!option.completions.empty()) line += fmt::format(" -f -a '{}'", fmt::join(option.completions, " "));
  return line + " -d " + quoted(option.description) + '\n';
}

}  // namespace

std::string fish_completion(const CommandInfo& root) {
  std::string script = "# fish completion of sonograd, written by `sonograd completion fish`\n";
  for (const CommandInfo* command : flatten(root)) {
    const std::string where = quoted(condition(*command));
    for (const CommandInfo& below : command->commands) {
      script += fmt::format("complete -c sonograd -f -n {} -a {} -d {}\n", where, below.name,
                            quoted(below.description));
    }
    for (const OptionInfo& option : command->options) {
      if (!option.is_positional) {
        script += option_line(where, option);
      } else if (!option.completions.empty()) {
        script +=
            fmt::format("complete -c sonograd -f -n {} -a '{}'\n", where, fmt::join(option.completions, " "));
      }
    }
  }
  return script;
}

}  // namespace sonograd::app
