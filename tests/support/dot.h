// Inner products for adjoint tests: <A x, y> = <x, A^T y>.
#pragma once

#include "tensor/tensor.h"

namespace sonograd {

/// Sum of the products of corresponding elements, in double.
inline double dot(const Tensor& a, const Tensor& b) {
  const Tensor x = a.to(DType::f64), y = b.to(DType::f64);
  double sum = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) sum += x.data<double>()[i] * y.data<double>()[i];
  return sum;
}

}  // namespace sonograd
