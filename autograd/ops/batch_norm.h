// Differentiable batch normalisation; formula and errors in kernels/batch_norm/batch_norm.h.
#pragma once

#include "autograd/variable.h"

namespace sonograd {

/// x [..., C]; weight, bias, running_mean, running_var [C]. Training normalises with the statistics of x and
/// moves the running ones by `momentum` (the weight of the new batch); otherwise the running ones normalise.
Variable batch_norm(const Variable& x, const Variable& weight, const Variable& bias,
                    const Tensor& running_mean, const Tensor& running_var, bool training,
                    double momentum = 0.1, double eps = 1e-5);

}  // namespace sonograd
