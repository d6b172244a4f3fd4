// Random tensors for tests.
#pragma once

#include "tensor/random.h"
#include "tensor/tensor.h"

namespace sonograd {

/// Standard normal values; equal arguments give equal tensors, other values of `which` independent ones.
inline Tensor random_tensor(const Shape& shape, DType dtype = DType::f32, std::uint32_t which = 0) {
  Random random({.seed = 11, .example = which, .stream = RandomStream::test});
  const Tensor result = Tensor::empty(shape, DType::f64);
  for (double& value : result.span<double>()) value = random.normal();
  return result.to(dtype);
}

}  // namespace sonograd
