// Differentiable matrix products; formula and errors in kernels/gemm/gemm.h.
#pragma once

#include "autograd/variable.h"
#include "kernels/gemm/gemm.h"

namespace sonograd {

using kernels::GemmOptions;

/// y = x weight^T + bias: x [..., in], weight [out, in], bias [out] or undefined -> [..., out].
Variable linear(const Variable& x, const Variable& weight, const Variable& bias);

/// op(a) op(b) over the last two axes: [..., m, k] and [..., k, n] -> [..., m, n].
Variable matmul(const Variable& a, const Variable& b, const GemmOptions& options = {});

}  // namespace sonograd
