#include "layers/conv.h"

#include "autograd/ops/conv2d_relu_pool.h"
#include "layers/init.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

double conv_macs(const Shape& y, const Variable& weight) {
  return static_cast<double>(y.numel()) * static_cast<double>(weight.data().numel() / weight.shape()[0]);
}

}  // namespace

Conv2d::Conv2d(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair kernel,
               const Conv2dOptions& options)
    : weight_(uniform_parameter({out_channels, kernel.t, kernel.f, in_channels},
                                kernel.t * kernel.f * in_channels)),
      bias_(uniform_parameter({out_channels}, kernel.t * kernel.f * in_channels)),
      options_(options) {
  add_parameter("weight", weight_, FileLayout::conv2d);
  add_parameter("bias", bias_);
}

Variable Conv2d::forward(const Variable& x, const Variable& weight, const Variable& bias,
                         kernels::WeightCache* cache) const {
  TraceScope trace(*this, "conv2d ", weight.shape()[1], "x", weight.shape()[2]);
  const Variable y = conv2d(x, weight, bias, options_, cache);
  trace_macs(conv_macs(y.shape(), weight));
  return trace.output(y);
}

Conv2dWithStatistics Conv2d::with_statistics(const Variable& x, const Variable& weight, const Variable& bias,
                                             const RunningStatistics& running, double eps) const {
  TraceScope trace(*this, "conv2d ", weight.shape()[1], "x", weight.shape()[2]);
  const Conv2dWithStatistics result = conv2d_bn_stats(x, weight, bias, options_, running, eps);
  trace_macs(conv_macs(result.y.shape(), weight));
  trace.output(result.y);
  return result;
}

Variable Conv2d::relu_pool(const Variable& x, const Variable& weight, const Variable& bias,
                           kernels::Pair pool, kernels::WeightCache* cache) const {
  TraceScope trace(*this, "conv2d ", weight.shape()[1], "x", weight.shape()[2], " + relu + max_pool ", pool.t,
                   "x", pool.f);
  const auto map = kernels::Conv2dProblem::make(x.shape(), weight.shape(), options_).output_shape();
  trace_macs(conv_macs(map, weight));
  return trace.output(conv2d_relu_pool(x, weight, bias, options_, pool, cache));
}

Conv1d::Conv1d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel,
               const Conv1dOptions& options)
    : weight_(uniform_parameter({out_channels, kernel, in_channels}, kernel * in_channels)),
      bias_(uniform_parameter({out_channels}, kernel * in_channels)),
      options_(options) {
  add_parameter("weight", weight_, FileLayout::conv1d);
  add_parameter("bias", bias_);
}

Variable Conv1d::forward(const Variable& x) const {
  TraceScope trace(*this, "conv1d ", weight_.shape()[1]);
  const Variable y = conv1d(x, weight_, bias_, options_);
  trace_macs(conv_macs(y.shape(), weight_));
  return trace.output(y);
}

}  // namespace sonograd::layers
