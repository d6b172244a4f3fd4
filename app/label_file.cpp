#include "app/label_file.h"

#include <fmt/format.h>
#include <fstream>
#include <set>

#include "models/core/label_lists.h"
#include "tensor/error.h"

namespace sonograd::app {

std::vector<std::string> labels_from_argument(const std::string& argument, std::int64_t outputs) {
  std::vector<std::string> labels;
  if (argument.empty()) {
    for (std::int64_t i = 0; i < outputs; ++i) labels.push_back(fmt::format("tag{:02}", i));
    return labels;
  }
  for (const models::LabelList& list : models::published_label_lists()) {
    if (argument == list.name) return list.labels;
  }
  std::ifstream file(argument);
  if (!file)
    throw ConfigError(fmt::format("--labels {}: not mtat, msd or jamendo, and no such file", argument));
  std::set<std::string> seen;
  for (std::string line; std::getline(file, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || !seen.insert(line).second) {
      throw ConfigError(fmt::format("--labels {}: line {} is {}", argument, labels.size() + 1,
                                    line.empty() ? "empty" : "a repetition"));
    }
    labels.push_back(line);
  }
  return labels;
}

}  // namespace sonograd::app
