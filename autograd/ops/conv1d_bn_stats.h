// Differentiable 1-D convolution with the statistics of its result: conv2d_bn_stats over a map of one row.
#pragma once

#include "autograd/ops/conv1d.h"
#include "autograd/ops/conv2d_bn_stats.h"

namespace sonograd {

/// x [N, T, in], weight [out, k, in], bias [out] or undefined -> y [N, T', out] and its statistics; `running` [out] moves.
Conv2dWithStatistics conv1d_bn_stats(const Variable& x, const Variable& weight, const Variable& bias,
                                     const Conv1dOptions& options, const RunningStatistics& running,
                                     double eps = 1e-5);

}  // namespace sonograd
