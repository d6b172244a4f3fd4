#include <fmt/format.h>

#include "app/completion/completion.h"

namespace sonograd::app {
namespace {

std::string escaped(const std::string& text, std::string_view special) {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += R"('\'')";
      continue;
    }
    if (special.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

// `'(-r --recursive)'{-r,--recursive}'[descend]'`, an argument of _arguments.
std::string option_argument(const OptionInfo& option) {
  const std::string all = fmt::format("{}", fmt::join(option.names, " "));
  const std::string names =
      option.names.size() == 1 ? all : fmt::format("{{{}}}", fmt::join(option.names, ","));
  std::string tail = fmt::format("[{}]", escaped(option.description, "[]:\\"));
  if (!option.completions.empty()) {
    tail += fmt::format(":{}:({})", option.value,
                        escaped(fmt::format("{}", fmt::join(option.completions, " ")), ":"));
  } else if (!option.value.empty()) {
    tail += fmt::format(":{}:_files", option.value);
  }
  return fmt::format("      {}{}'{}' \\\n", option.is_repeatable ? "'*'" : fmt::format("'({})'", all), names,
                     tail);
}

std::string function_name(const std::string& path) {
  std::string name = "_sonograd";
  if (!path.empty()) name += '_' + path;
  for (char& c : name) {
    if (c == ' ') c = '_';
  }
  return name;
}

std::string leaf(const CommandInfo& command) {
  std::string arguments;
  std::string rest = "*:file:_files";
  for (const OptionInfo& option : command.options) {
    if (!option.is_positional) {
      arguments += option_argument(option);
    } else if (!option.completions.empty()) {
      rest = fmt::format("*:{}:({})", option.names.front(), fmt::join(option.completions, " "));
    }
  }
  return fmt::format("{}() {{\n  _arguments -s \\\n{}      '{}'\n}}\n", function_name(command.path),
                     arguments, rest);
}

std::string group(const CommandInfo& command) {
  std::string arguments, descriptions, cases;
  for (const OptionInfo& option : command.options) arguments += option_argument(option);
  for (const CommandInfo& below : command.commands) {
    descriptions += fmt::format("    '{}:{}'\n", below.name, escaped(below.description, ":\\"));
    cases += fmt::format("    {}) {} ;;\n", below.name, function_name(below.path));
  }
  return fmt::format(R"({}() {{
  local line state
  local -a commands=(
{}  )
  _arguments -C \
{}      '1: :->command' '*:: :->rest'
  [[ $state == command ]] && _describe command commands
  [[ $state == rest ]] && case $line[1] in
{}  esac
}}
)",
                     function_name(command.path), descriptions, arguments, cases);
}

}  // namespace

std::string zsh_completion(const CommandInfo& root) {
  std::string script =
      "#compdef sonograd\n# zsh completion of sonograd, written by `sonograd completion zsh`\n";
  for (const CommandInfo* command : flatten(root))
    script += command->commands.empty() ? leaf(*command) : group(*command);
  return script + "_sonograd \"$@\"\n";
}

}  // namespace sonograd::app
