// Command lines that were refused: the mistake, in the words of this program.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sonograd::app {

/// The error message for the first word of the command line that is no command or option of `root`; empty: there is none.
std::string misspelt_word(const CLI::App& root, const std::vector<std::string>& words);

/// Lines about a command line without a misspelt word that was refused for `reason`, a message of the parser; the last one names
/// the variable of the environment whose value it is about, or --help.
std::vector<std::string> usage_remarks(const CLI::App& root, const std::vector<std::string>& words,
                                       const std::string& reason);

}  // namespace sonograd::app
