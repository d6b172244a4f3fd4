// Differentiable elementwise functions; formulas and errors in kernels/pointwise, kernels/dropout/dropout.h.
#pragma once

#include "autograd/ops/binary.h"
#include "autograd/variable.h"
#include "kernels/pointwise/functions.h"
#include "tensor/random.h"

namespace sonograd {

/// y = f(x); `alpha` is the parameter of functions such as `scale`, the others ignore it.
Variable unary(kernels::Unary f, const Variable& x, double alpha = 1);

// One function for each file of kernels/pointwise/unary, under the name of the file: `relu(x)`, `scale(x, alpha)`.
#define SONOGRAD_UNARY(name, Functor)       \
  inline Variable name(const Variable& x) { \
    return unary(kernels::Unary::name, x);  \
  }
SONOGRAD_UNARY_FUNCTIONS_ALONE(SONOGRAD_UNARY)
#undef SONOGRAD_UNARY
#define SONOGRAD_UNARY(name, Functor)                     \
  inline Variable name(const Variable& x, double alpha) { \
    return unary(kernels::Unary::name, x, alpha);         \
  }
SONOGRAD_UNARY_FUNCTIONS_OF_ALPHA(SONOGRAD_UNARY)
#undef SONOGRAD_UNARY

/// Zeroes each element with probability `p` in [0, 1) and scales the others by 1 / (1 - p); `key` determines which.
Variable dropout(const Variable& x, double p, const RandomKey& key);

}  // namespace sonograd
