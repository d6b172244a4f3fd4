// Misspelt commands and options, and values of the environment, in a command line that was refused.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace sonograd::app {

/// A line for the first word of the command line that is no command or option of `root`, or for the variable of the
/// environment whose value `message`, the reason of the refusal, is about; empty when there is neither.
std::string usage_hint(const CLI::App& root, int argc, const char* const* argv, const std::string& message);

}  // namespace sonograd::app
