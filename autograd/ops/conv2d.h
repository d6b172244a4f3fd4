// Differentiable 2-D convolution; formula and errors in kernels/conv2d/conv2d.h.
#pragma once

#include "autograd/variable.h"
#include "kernels/conv2d/conv2d.h"

namespace sonograd {

using kernels::Conv2dOptions;

/// x [N, T, F, in], weight [out, kT, kF, in], bias [out] or undefined -> [N, T', F', out].
/// `cache`: see kernels::WeightCache; only inside NoGrad.
Variable conv2d(const Variable& x, const Variable& weight, const Variable& bias,
                const Conv2dOptions& options = {}, kernels::WeightCache* cache = nullptr);

/// Records `y` [N, T', F', out], which another kernel has computed as the convolution `p` of x and weight, with the gradients
/// of that convolution.
Variable record_conv2d(const kernels::Conv2dProblem& p, const Variable& x, const Variable& weight,
                       const Variable& bias, const Tensor& y);

}  // namespace sonograd
