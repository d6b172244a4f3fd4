#include "app/terminal/empty_values.h"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace sonograd::app {

std::vector<std::string> with_empty_values(const std::vector<std::string>& words) {
  std::vector<std::string> result;
  bool may_be_options = true;
  for (const std::string& word : words) {
    may_be_options = may_be_options && word != "--";
    const bool is_empty =
        may_be_options && word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1;
    result.push_back(is_empty ? word.substr(0, word.size() - 1) : word);
    if (is_empty) result.emplace_back();
  }
  return result;
}

void refuse_empty_values(const CLI::App& root) {
  for (const CLI::Option* option : root.get_options()) {
    const bool is_empty =
        std::ranges::any_of(option->results(), [](const std::string& value) { return value.empty(); });
    if (is_empty) throw CLI::ValidationError(option->get_name(), "expected a value, got ''");
  }
  for (const CLI::App* command : root.get_subcommands()) refuse_empty_values(*command);
}

}  // namespace sonograd::app
