#include "autograd/ops/conv2d_bn_stats.h"

#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.h"

namespace sonograd {

Conv2dWithStatistics conv2d_bn_stats(const Variable& x, const Variable& weight, const Variable& bias,
                                     const Conv2dOptions& options, const RunningStatistics& running,
                                     double eps) {
  const auto p = kernels::Conv2dBnStatsProblem::make(x.shape(), weight.shape(), options, x.dtype());
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  const auto statistics =
      BatchStatistics::empty(p.out_channels, kernels::computed_dtype(x.dtype()), x.device());
  kernels::conv2d_bn_stats(p, x.data(), weight.data(), bias.data(), eps, y, statistics.mean,
                           statistics.inv_std, running);
  return {record_conv2d(p, x, weight, Variable(), y), statistics};
}

}  // namespace sonograd
