// Differentiable layer normalisation; formulas and errors in kernels/layer_norm/layer_norm.h.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// x [..., D], weight and bias [D]; eps > 0 is added to the variance.
Variable layer_norm(const Variable& x, const Variable& weight, const Variable& bias, double eps = 1e-5);

}  // namespace sonograd
