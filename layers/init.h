// Initial values of parameters.
#pragma once

#include "tensor/tensor.h"

namespace sonograd::layers {

/// Has a layer an additive term? Where a norm follows at once, one has no effect but is in most published files.
enum class Bias : std::uint8_t { learned, none };

/// U(-1/sqrt(fan_in), 1/sqrt(fan_in)), the default of the reference framework for the weight and the bias of
/// convolutions and linear layers (Kaiming-uniform with a = sqrt(5)). `fan_in` >= 1: inputs that reach one
/// output. Drawn from the ambient RandomScope.
Tensor uniform(const Shape& shape, std::int64_t fan_in);
/// Likewise `count` values of a bias; undefined, and nothing drawn, without one.
Tensor uniform_bias(Bias bias, std::int64_t count, std::int64_t fan_in);

/// While it lives, `uniform` reserves memory and leaves it untouched: for a module that is about to
/// be loaded, or whose extents alone are wanted. What a hostile file claims costs nothing until tensors fit.
class UninitializedScope {
 public:
  UninitializedScope();
  ~UninitializedScope();
  UninitializedScope(const UninitializedScope&) = delete;
  UninitializedScope& operator=(const UninitializedScope&) = delete;

 private:
  bool previous_;
};

}  // namespace sonograd::layers
