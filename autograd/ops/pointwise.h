// Differentiable elementwise functions; formulas and errors in kernels/pointwise/pointwise.h and
// kernels/dropout/dropout.h.
#pragma once

#include "autograd/variable.h"
#include "tensor/random.h"

namespace sonograd {

/// The extents of `b` are those of `a`, or the last ones of them (broadcast over the leading axes).
Variable add(const Variable& a, const Variable& b);
Variable mul(const Variable& a, const Variable& b);

Variable scale(const Variable& x, double alpha);
Variable relu(const Variable& x);
Variable sigmoid(const Variable& x);
Variable tanh(const Variable& x);
Variable gelu(const Variable& x);
Variable exp(const Variable& x);
Variable log(const Variable& x);

/// Drops elements with probability `p` in [0, 1) and scales the others by 1 / (1 - p).
Variable dropout(const Variable& x, double p, const RandomKey& key);

}  // namespace sonograd
