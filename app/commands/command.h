// A command of the binary: what it is called, its options, and what it does.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sonograd::app {

/// Each app/<name>_command.cpp defines `Command <name>_command()`.
struct Command {
  std::string name;     ///< as typed; "data synth" is a command of the group "data"
  std::string summary;  ///< one line
  /// Adds the options and returns the function that runs the command and returns the exit code.
  std::function<std::function<int()>(CLI::App& app)> define;
};

/// All of them. Generated from the folder listing.
std::vector<Command> all_commands();

}  // namespace sonograd::app
