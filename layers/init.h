// Initial values of parameters.
#pragma once

#include "autograd/variable.h"

namespace sonograd::layers {

/// U(-1/sqrt(fan_in), 1/sqrt(fan_in)), the default of the reference framework for the weight and the bias of
/// convolutions and linear layers (Kaiming-uniform with a = sqrt(5)). `fan_in` >= 1: inputs that reach one
/// output. Drawn from the ambient RandomScope.
Variable uniform_parameter(const Shape& shape, std::int64_t fan_in);
/// Every element `value`.
Variable constant_parameter(const Shape& shape, double value);

/// While it lives, `uniform_parameter` reserves memory and leaves it untouched: for a module that is about to
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
