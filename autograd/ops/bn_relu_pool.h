// Differentiable batch norm + ReLU + maximum pooling; formula and errors in
// kernels/fused/bn_relu_pool/bn_relu_pool.h.
#pragma once

#include "autograd/variable.h"
#include "kernels/core/pair.h"

namespace sonograd {

/// Training: normalises x [N, T, F, C] or [N, T, C] with its own statistics, moves the running ones [C] by
/// `momentum` (the weight of the new batch), clips at zero and pools windows of `pool` cells; a pool of 1 is
/// batch norm and ReLU alone.
Variable bn_relu_pool(const Variable& x, const Variable& weight, const Variable& bias,
                      const Tensor& running_mean, const Tensor& running_var, kernels::Pair pool,
                      double momentum = 0.1, double eps = 1e-5);

}  // namespace sonograd
