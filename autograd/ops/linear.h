// Differentiable affine map of the last axis; formula and errors of the product in kernels/gemm/gemm.h.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// y = x weight^T + bias: x [..., in], weight [out, in], bias [out] or undefined -> [..., out]. Throws ShapeError when the
/// extents do not fit, DTypeError unless all have one type: float32 parameters beside bf16 are converted first (copy.h).
Variable linear(const Variable& x, const Variable& weight, const Variable& bias);

}  // namespace sonograd
