// Convolution, ReLU and maximum pooling, fused in evaluation; formula and errors in
// kernels/fused/conv2d_relu_pool/conv2d_relu_pool.h.
#pragma once

#include "autograd/ops/conv2d.h"

namespace sonograd {

/// relu(max_pool(conv2d(x, weight, bias))): x [N, T, F, in], weight [out, kT, kF, in], bias [out] or undefined ->
/// [N, T' / pool.t, F' / pool.f, out]. Inside NoGrad one kernel, elsewhere the three ops. `cache`: see kernels::WeightCache;
/// only inside NoGrad.
Variable conv2d_relu_pool(const Variable& x, const Variable& weight, const Variable& bias,
                          const Conv2dOptions& options, kernels::Pair pool,
                          kernels::WeightCache* cache = nullptr);
/// The same without ReLU.
Variable conv2d_max_pool(const Variable& x, const Variable& weight, const Variable& bias,
                         const Conv2dOptions& options, kernels::Pair pool,
                         kernels::WeightCache* cache = nullptr);

}  // namespace sonograd
