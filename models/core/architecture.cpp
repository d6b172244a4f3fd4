#include "models/core/architecture.h"

#include <algorithm>
#include <mutex>

#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::models {

/// Architectures of models/taggers; the function is generated from the folder listing.
std::vector<Architecture> built_in_architectures();

namespace {

/// In the order of their names; made once, because each declares all its options.
const std::vector<Architecture>& built_in() {
  static const std::vector<Architecture> all = [] {
    std::vector<Architecture> list = built_in_architectures();
    std::ranges::sort(list, {}, &Architecture::name);
    return list;
  }();
  return all;
}

struct Added {
  std::mutex mutex;
  std::vector<Architecture> architectures;  ///< under the mutex
};

Added& added() {
  static Added list;
  return list;
}

const Architecture* find_in(const std::vector<Architecture>& list, std::string_view name) {
  const auto found = std::ranges::find(list, name, &Architecture::name);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

void check_labels(std::int64_t labels) {
  if (labels < 1 || labels > kMostLabels)
    throw ConfigError(concat(labels, " labels: expected 1 to ", kMostLabels));
}

std::vector<Architecture> all_architectures() {
  std::vector<Architecture> all = built_in();
  const std::lock_guard lock(added().mutex);
  if (added().architectures.empty()) return all;
  all.insert(all.end(), added().architectures.begin(), added().architectures.end());
  std::ranges::sort(all, {}, &Architecture::name);
  return all;
}

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (Architecture& architecture : all_architectures()) names.push_back(std::move(architecture.name));
  return names;
}

Architecture find_architecture(std::string_view name) {
  if (const Architecture* const found = find_in(built_in(), name)) return *found;
  {
    const std::lock_guard lock(added().mutex);
    if (const Architecture* const found = find_in(added().architectures, name)) return *found;
  }
  const std::vector<std::string> names = architecture_names();
  throw ConfigError(concat("no architecture '", name, "'; there are ", listed(names, names.size()),
                           did_you_mean(name, names)));
}

std::vector<std::string> all_dialects() {
  std::vector<std::string> all;
  for (const Architecture& architecture : all_architectures()) {
    for (const std::string& dialect : architecture.front_end.dialects) {
      if (std::ranges::find(all, dialect) == all.end()) all.push_back(dialect);
    }
  }
  return all;
}

AddedArchitecture::AddedArchitecture(Architecture architecture) : name_(architecture.name) {
  const std::lock_guard lock(added().mutex);
  if (find_in(built_in(), name_) != nullptr || find_in(added().architectures, name_) != nullptr)
    throw ConfigError(concat("there is an architecture '", name_, "' already"));
  added().architectures.push_back(std::move(architecture));
}

AddedArchitecture::~AddedArchitecture() {
  const std::lock_guard lock(added().mutex);
  std::erase_if(added().architectures, [&](const Architecture& other) { return other.name == name_; });
}

}  // namespace sonograd::models
