// Activation functions by name, for options of networks.
#pragma once

#include <cstdint>
#include <string_view>

#include "kernels/pointwise/functions.h"
#include "layers/layer.h"

namespace sonograd::layers {

/// `none`, and every function of kernels/pointwise/unary that has no parameter, by the name of its file.
#define SONOGRAD_ENUMERATOR(name, Functor) name,
enum class Activation : std::uint8_t { none, SONOGRAD_UNARY_FUNCTIONS_ALONE(SONOGRAD_ENUMERATOR) };
#undef SONOGRAD_ENUMERATOR

/// The function of that name, formula in its file; `none` is x itself.
Variable activate(Activation activation, const Variable& x);
std::string_view name_of(Activation activation);
/// Throws ConfigError, listing the names, for an unknown one.
Activation parse_activation(std::string_view name);

/// `activate` as a layer, for Sequential.
class Activate : public Layer {
 public:
  explicit Activate(Activation activation) : activation_(activation) {}
  Variable forward(const Variable& x) const override { return activate(activation_, x); }

 private:
  Activation activation_;
};

}  // namespace sonograd::layers
