#include "models/core/outputs.h"

#include "tensor/support/error.h"

namespace sonograd::models {

Outputs::Outputs(std::initializer_list<std::string_view> wanted) {
  if (wanted.size() > kMost)
    throw ConfigError(concat("[outputs] ", wanted.size(), " asked for, at most ", kMost, " are possible"));
  for (const std::string_view name : wanted) entries_[count_++].name = name;
}

bool Outputs::wants(std::string_view name) const {
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
  throw ConfigError(
      concat("[outputs] no output '", name, wants(name) ? "' in this network" : "' was asked for"));
}

}  // namespace sonograd::models
