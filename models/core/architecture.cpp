#include "models/core/architecture.h"

#include <algorithm>
#include <mutex>

#include "tensor/support/error.h"
#include "tensor/support/text.h"

namespace sonograd::models {

/// Architectures of models/taggers; the function is generated from the folder listing.
std::vector<Architecture> built_in_architectures();

namespace {

struct Added {
  std::mutex mutex;
  std::vector<Architecture> architectures;  ///< under the mutex
};

Added& added() {
  static Added list;
  return list;
}

// The mutex of `added` is held.
std::vector<Architecture> list_all() {
  std::vector<Architecture> all = built_in_architectures();
  all.insert(all.end(), added().architectures.begin(), added().architectures.end());
  std::ranges::sort(all, {}, &Architecture::name);
  return all;
}

}  // namespace

void check_labels(std::int64_t labels) {
  if (labels < 1 || labels > kMostLabels)
    throw ConfigError(concat(labels, " labels: expected 1 to ", kMostLabels));
}

std::vector<Architecture> all_architectures() {
  const std::lock_guard lock(added().mutex);
  return list_all();
}

std::vector<std::string> architecture_names() {
  std::vector<std::string> names;
  for (Architecture& architecture : all_architectures()) names.push_back(std::move(architecture.name));
  return names;
}

Architecture find_architecture(std::string_view name) {
  for (Architecture& architecture : all_architectures()) {
    if (architecture.name == name) return std::move(architecture);
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
  for (const Architecture& other : list_all()) {
    if (other.name == name_) throw ConfigError(concat("there is an architecture '", name_, "' already"));
  }
  added().architectures.push_back(std::move(architecture));
}

AddedArchitecture::~AddedArchitecture() {
  const std::lock_guard lock(added().mutex);
  std::erase_if(added().architectures, [&](const Architecture& other) { return other.name == name_; });
}

}  // namespace sonograd::models
