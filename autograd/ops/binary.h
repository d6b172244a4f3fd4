// Differentiable elementwise functions of two tensors, which broadcast; rules and errors in kernels/pointwise/pointwise.h.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// Extents by NumPy's rules: aligned at the last axes, and an axis that is missing or 1 in one operand repeats. A gradient
/// has the extents of its operand: it is summed over the axes that repeat. Both operands have one type; in bf16 a product is
/// rounded before it is summed, and so is the sum over each group of neighbouring axes.
Variable add(const Variable& a, const Variable& b);
Variable sub(const Variable& a, const Variable& b);
Variable mul(const Variable& a, const Variable& b);
Variable div(const Variable& a, const Variable& b);

}  // namespace sonograd
