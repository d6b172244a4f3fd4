#include "autograd/ops/conv1d_bn_stats.h"

#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.h"

namespace sonograd {

Conv2dWithStatistics conv1d_bn_stats(const Variable& x, const Variable& weight, const Variable& bias,
                                     const Conv1dOptions& options, const RunningStatistics& running,
                                     double eps) {
  const auto map = conv1d_as_map(x.shape(), weight.shape(), options, x.dtype());
  const auto p =
      kernels::Conv2dBnStatsProblem::make(map.input_shape(), map.weight_shape(), map.options, x.dtype());
  const Tensor y = Tensor::empty(p.output_shape(), x.dtype(), x.device());
  const auto statistics =
      BatchStatistics::empty(p.out_channels, kernels::computed_dtype(x.dtype()), x.device());
  kernels::conv2d_bn_stats(p, x.data().reshape(p.input_shape()), weight.data().reshape(p.weight_shape()),
                           bias.data(), eps, y, statistics.mean, statistics.inv_std, running);
  return {record_conv1d(p, x, weight, Variable(), y.reshape({p.batch, p.out_f, p.out_channels})), statistics};
}

}  // namespace sonograd
