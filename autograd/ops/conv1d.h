// Differentiable 1-D convolution (cross-correlation) over time, channels last.
//
//   y[n, t, o] = bias[o] + sum over i, c of x[n, t*stride - pad_before + i*dilation, c] * weight[o, i, c]
//                                                                                        (zero outside of x)
//   T' = floor((T + pad_before + pad_after - dilation*(k - 1) - 1) / stride) + 1
//
// It is a 2-D convolution over a map with a single row: the kernels are those of conv2d.
// Errors: ShapeError when extents do not fit or T' would be < 1.
#pragma once

#include "autograd/variable.h"
#include "kernels/conv2d/conv2d.h"

namespace sonograd {

/// Steps of at least 1, paddings of at least 0, all in positions along time.
struct Conv1dOptions {
  std::int64_t stride = 1;
  std::int64_t pad_before = 0;
  std::int64_t pad_after = 0;
  std::int64_t dilation = 1;
};

/// x [N, T, in], weight [out, k, in], bias [out] or undefined -> [N, T', out].
/// `cache`: see kernels::WeightCache; only inside NoGrad.
Variable conv1d(const Variable& x, const Variable& weight, const Variable& bias,
                const Conv1dOptions& options = {}, kernels::WeightCache* cache = nullptr);

/// The same convolution over a map of one row: x [N, 1, T, in], weight [out, 1, k, in] -> [N, 1, T', out].
kernels::Conv2dProblem conv1d_as_map(const Shape& x, const Shape& weight, const Conv1dOptions& options,
                                     DType dtype);
/// Records `y` [N, T', out], which another kernel has computed as the convolution `p` of x and weight, with the gradients of
/// that convolution.
Variable record_conv1d(const kernels::Conv2dProblem& p, const Variable& x, const Variable& weight,
                       const Variable& bias, const Tensor& y);

}  // namespace sonograd
