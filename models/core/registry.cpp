#include "models/core/registry.h"

#include "tensor/support/error.h"

namespace sonograd::models {

Architecture find_architecture(std::string_view name) {
  std::string known;
  for (Architecture& architecture : all_architectures()) {
    if (architecture.name == name) return std::move(architecture);
    known += concat(known.empty() ? "" : ", ", architecture.name);
  }
  throw ConfigError(concat("no architecture '", name, "'; there are ", known));
}

}  // namespace sonograd::models
