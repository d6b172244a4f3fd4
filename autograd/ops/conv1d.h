// Differentiable 1-D convolution; formula and errors in kernels/conv1d/conv1d.h.
#pragma once

#include "autograd/variable.h"
#include "kernels/conv1d/conv1d.h"

namespace sonograd {

using kernels::Conv1dOptions;

/// x [N, T, in], weight [out, k, in], bias [out] or undefined -> [N, T', out].
/// `cache`: see kernels::WeightCache; only inside NoGrad.
Variable conv1d(const Variable& x, const Variable& weight, const Variable& bias,
                const Conv1dOptions& options = {}, kernels::WeightCache* cache = nullptr);

}  // namespace sonograd
