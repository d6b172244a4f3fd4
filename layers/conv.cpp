#include "layers/conv.h"

#include "autograd/ops/conv1d_bn_stats.h"
#include "autograd/ops/conv2d_relu_pool.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/tape.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

double conv_macs(const Shape& y, const Variable& weight) {
  return static_cast<double>(y.numel()) * static_cast<double>(weight.data().numel() / weight.shape()[0]);
}

}  // namespace

Conv2d::Conv2d(std::int64_t in_channels, std::int64_t out_channels, Extent kernel, const Options& options,
               Bias bias)
    : weight_(*this, "weight",
              uniform({out_channels, kernel.t, kernel.f, in_channels}, kernel.t * kernel.f * in_channels),
              FileLayout::conv2d),
      bias_(*this, "bias", uniform_bias(bias, out_channels, kernel.t * kernel.f * in_channels)),
      options_(options) {}

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

Variable Conv2d::relu_pool(const Variable& x, const Variable& weight, const Variable& bias, Extent pool,
                           kernels::WeightCache* cache) const {
  TraceScope trace(*this, "conv2d ", weight.shape()[1], "x", weight.shape()[2], " + relu + max_pool ", pool.t,
                   "x", pool.f);
  const auto map = kernels::Conv2dProblem::make(x.shape(), weight.shape(), options_).output_shape();
  trace_macs(conv_macs(map, weight));
  return trace.output(conv2d_relu_pool(x, weight, bias, options_, pool, cache));
}

Conv1d::Conv1d(std::int64_t in_channels, std::int64_t out_channels, Extent kernel, const Options& options,
               Bias bias)
    : weight_(*this, "weight", uniform({out_channels, kernel, in_channels}, kernel * in_channels),
              FileLayout::conv1d),
      bias_(*this, "bias", uniform_bias(bias, out_channels, kernel * in_channels)),
      options_(options) {}

Variable Conv1d::forward(const Variable& x, const Variable& weight, const Variable& bias,
                         kernels::WeightCache* cache) const {
  TraceScope trace(*this, "conv1d ", weight.shape()[1]);
  const Variable y = conv1d(x, weight, bias, options_, cache);
  trace_macs(conv_macs(y.shape(), weight));
  return trace.output(y);
}

Conv2dWithStatistics Conv1d::with_statistics(const Variable& x, const Variable& weight, const Variable& bias,
                                             const RunningStatistics& running, double eps) const {
  TraceScope trace(*this, "conv1d ", weight.shape()[1]);
  const Conv2dWithStatistics result = conv1d_bn_stats(x, weight, bias, options_, running, eps);
  trace_macs(conv_macs(result.y.shape(), weight));
  trace.output(result.y);
  return result;
}

Variable Conv1d::relu_pool(const Variable& x, const Variable& weight, const Variable& bias, Extent pool,
                           kernels::WeightCache* cache) const {
  TraceScope trace(*this, "conv1d ", weight.shape()[1], " + relu + max_pool ", pool);
  const auto p = conv1d_as_map(x.shape(), weight.shape(), options_, x.dtype());
  trace_macs(conv_macs(p.output_shape(), weight));
  if (!NoGrad::active()) return trace.output(relu(max_pool1d(conv1d(x, weight, bias, options_), pool)));
  const Variable y = conv2d_relu_pool(reshape(x, p.input_shape()), reshape(weight, p.weight_shape()), bias,
                                      p.options, {1, pool}, cache);
  return trace.output(reshape(y, {y.shape()[0], y.shape()[2], y.shape()[3]}));
}

}  // namespace sonograd::layers
