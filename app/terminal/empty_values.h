// Empty values on the command line, such as those of shell variables that are not set.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace sonograd::app {

/// The words with `--name=` as an option and an empty value. CLI11 takes the next word for the value.
std::vector<std::string> with_empty_values(const std::vector<std::string>& words);

/// Throws CLI::ValidationError, which names it, for an option or argument of the command line that `root` has parsed whose value is
/// empty. Commands take empty text for an option that was not given.
void refuse_empty_values(const CLI::App& root);

}  // namespace sonograd::app
