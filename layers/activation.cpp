#include "layers/activation.h"

#include <algorithm>

#include "autograd/ops/pointwise.h"

namespace sonograd::layers {
namespace {

struct Function {
  Activation activation;
  std::string_view name;
  Variable (*apply)(const Variable& x);
};

#define SONOGRAD_ROW(name, Functor) {Activation::name, #name, sonograd::name},
constexpr Function kFunctions[] = {{Activation::none, "none", [](const Variable& x) { return x; }},
                                   SONOGRAD_UNARY_FUNCTIONS_ALONE(SONOGRAD_ROW)};
#undef SONOGRAD_ROW

const Function& function_of(Activation activation) {
  return *std::ranges::find(kFunctions, activation, &Function::activation);
}

}  // namespace

Variable activate(Activation activation, const Variable& x) {
  return function_of(activation).apply(x);
}

std::string_view name_of(Activation activation) {
  return function_of(activation).name;
}

Activation parse_activation(std::string_view name) {
  std::string known;
  for (const Function& function : kFunctions) {
    if (function.name == name) return function.activation;
    known += concat(known.empty() ? "" : ", ", function.name);
  }
  throw ConfigError(concat("activation '", name, "': expected one of ", known));
}

}  // namespace sonograd::layers
