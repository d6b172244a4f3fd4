#include "models/core/outputs.h"

#include "tensor/support/error.h"

namespace sonograd::models {

Outputs::Outputs(std::span<const std::string_view> names) {
  if (names.size() > kMost)
    throw ConfigError(concat("[outputs] expected at most ", kMost, " names, got ", names.size()));
  for (const std::string_view name : names) entries_[count_++].name = name;
}

bool Outputs::contains(std::string_view name) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (entries_[i].name == name) return true;
  }
  return false;
}

void Outputs::set(std::string_view name, const Variable& value) {
  for (std::size_t i = 0; i < count_; ++i) {
    if (entries_[i].name == name) entries_[i].value = value;
  }
}

const Variable& Outputs::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < count_; ++i) {
    if (entries_[i].name == name && entries_[i].value.defined()) return entries_[i].value;
  }
  throw ConfigError(concat("[outputs] output '", name,
                           contains(name) ? "' does not exist in this network" : "' was not requested"));
}

}  // namespace sonograd::models
