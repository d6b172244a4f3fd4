// Differentiable convolution with the statistics of its result; formula and errors in
// kernels/fused/conv2d_bn_stats/conv2d_bn_stats.h.
#pragma once

#include "autograd/ops/batch_norm.h"
#include "autograd/ops/conv2d.h"

namespace sonograd {

/// A convolution and the statistics of its result.
struct Conv2dWithStatistics {
  Variable y;  ///< [N, T', F', out]
  /// Statistics of y, for `batch_norm` and `bn_relu_pool`, whose gradients account for them.
  BatchStatistics statistics;
};

/// x [N, T, F, in], weight [out, kT, kF, in], bias [out] or undefined; `running` [out] moves. The norm subtracts the bias
/// again, so its gradient is zero and not computed.
Conv2dWithStatistics conv2d_bn_stats(const Variable& x, const Variable& weight, const Variable& bias,
                                     const Conv2dOptions& options, const RunningStatistics& running,
                                     double eps = 1e-5);

}  // namespace sonograd
