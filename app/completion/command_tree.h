// The command line as data: the source of completions and manual page.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sonograd::app {

struct OptionInfo {
  std::vector<std::string> names;  ///< `-r`, `--recursive`; or the name of a positional: `PATH`
  std::string value;               ///< placeholder of the value, `FILE`; empty: a switch
  std::vector<std::string> choices;
  std::vector<std::string> completions;  ///< the choices, or names of networks, devices or kernels
  std::string variable;                  ///< of the environment, that gives the value; empty: none
  std::string description;
  std::string default_value;
  bool is_positional = false;
  bool is_required = false;
  bool is_repeatable = false;
};

struct CommandInfo {
  std::string name;  ///< `kernels`
  std::string path;  ///< `bench kernels`; empty for the program itself
  std::string description;
  std::string footer;
  std::vector<OptionInfo> options;
  std::vector<CommandInfo> commands;
};

/// The whole program that `app` is a command of.
CommandInfo command_tree(const CLI::App& app);

/// `root` and all commands below it, each before its own.
std::vector<const CommandInfo*> flatten(const CommandInfo& root);

}  // namespace sonograd::app
