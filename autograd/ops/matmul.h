// Differentiable products of batches of matrices; formula and errors in kernels/gemm/gemm.h.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

struct MatmulOptions {
  bool transpose_a = false;
  bool transpose_b = false;
  double alpha = 1;
};

/// alpha op(a) op(b) over the last two axes: [..., m, k] and [..., k, n] -> [..., m, n], with equal leading axes and
/// one type.
Variable matmul(const Variable& a, const Variable& b, const MatmulOptions& options = {});

}  // namespace sonograd
