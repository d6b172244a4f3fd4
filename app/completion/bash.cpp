#include <fmt/format.h>

#include "app/completion/completion.h"

namespace sonograd::app {
namespace {

// `'tag:--format') ... words='table csv tsv' ;;`, for every option that takes a value.
std::string value_cases(const CommandInfo& command) {
  std::string cases;
  for (const OptionInfo& option : command.options) {
    if (option.value.empty()) continue;
    for (const std::string& name : option.names) {
      cases += fmt::format("    '{}:{}') takes_value=1 words='{}' ;;\n", command.path, name,
                           fmt::join(option.completions, " "));
    }
  }
  return cases;
}

std::string word_case(const CommandInfo& command) {
  std::string commands, options;
  for (const CommandInfo& below : command.commands) commands += below.name + ' ';
  for (const OptionInfo& option : command.options) {
    if (option.is_positional && !option.completions.empty())
      commands += fmt::format("{} ", fmt::join(option.completions, " "));
  }
  for (const OptionInfo& option : command.options) {
    if (!option.is_positional) options += fmt::format("{} ", fmt::join(option.names, " "));
  }
  return fmt::format("    '{}') commands='{}' options='{}' ;;\n", command.path, commands, options);
}

}  // namespace

std::string bash_completion(const CommandInfo& root) {
  std::string paths, values, words;
  for (const CommandInfo* command : flatten(root)) {
    if (!command->path.empty()) paths += fmt::format("{}'{}'", paths.empty() ? "" : " | ", command->path);
    values += value_cases(*command);
    words += word_case(*command);
  }
  return fmt::format(R"(# bash completion of sonograd, written by `sonograd completion bash`
_sonograd() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  local command= commands= options= words= takes_value= head= next i
  if [[ $word == = ]]; then
    head=$previous= word=
    previous=${{COMP_WORDS[COMP_CWORD-2]}}
  elif [[ $previous == = ]] && ((COMP_CWORD > 2)); then
    head=${{COMP_WORDS[COMP_CWORD-2]}}=
    previous=${{COMP_WORDS[COMP_CWORD-3]}}
  fi
  if [[ $head == --* ]]; then
    previous=${{head%=}} head=
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    next="${{command:+$command }}${{COMP_WORDS[i]}}"
    case "$next" in
      {}) command=$next ;;
    esac
  done
  case "$command:$previous" in
{}  esac
  case "$command" in
{}  esac
  if [[ -z $takes_value ]]; then
    if [[ $word == -* ]]; then words=$options; else words=$commands; fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$head$word"))
  COMPREPLY=("${{COMPREPLY[@]#"$head"}}")
  if [[ ${{COMPREPLY[0]}} == *= ]]; then compopt -o nospace 2> /dev/null; fi
}}
complete -o default -F _sonograd sonograd
)",
                     paths, values, words);
}

}  // namespace sonograd::app
