// Differentiable batch norm + ReLU + maximum pooling; formula and errors in
// kernels/fused/bn_relu_pool/bn_relu_pool.h.
#pragma once

#include "autograd/ops/batch_norm.h"
#include "kernels/core/pair.h"

namespace sonograd {

/// Training: normalises x [N, T, F, C] or [N, T, C] with its own statistics, through which the gradient flows, applies ReLU
/// and takes the maximum of windows of `pool` positions, side by side; a pool of 1 is batch norm and ReLU alone. weight, bias
/// [C].
Variable bn_relu_pool(const Variable& x, const BatchStatistics& statistics, const Variable& weight,
                      const Variable& bias, kernels::Pair pool);

}  // namespace sonograd
