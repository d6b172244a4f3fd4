// Activation functions by name, for options of networks.
#pragma once

#include <string_view>

#include "layers/layer.h"

namespace sonograd::layers {

enum class Activation : std::uint8_t { none, relu, gelu, sigmoid, tanh };

/// Formulas in kernels/pointwise/pointwise.h; `none` is x itself.
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
