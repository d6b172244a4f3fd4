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

// The operations of the layer, over sequences and over maps.
template <class Axes>
struct Ops;

template <>
struct Ops<SequenceAxes> {
  static constexpr FileLayout kLayout = FileLayout::conv1d;
  static constexpr const char* kName = "conv1d ";

  static Shape weight_shape(std::int64_t out, std::int64_t kernel, std::int64_t in) {
    return {out, kernel, in};
  }
  static std::int64_t kernel_of(const Variable& weight) { return weight.shape()[1]; }
  static auto problem(const Variable& x, const Variable& weight, const Conv1dOptions& options) {
    return conv1d_as_map(x.shape(), weight.shape(), options, x.dtype());
  }
  static constexpr auto forward = conv1d;
  static constexpr auto with_statistics = conv1d_bn_stats;
  template <class PoolOp>
  static Variable pooled(PoolOp op, const Variable& x, const Variable& weight, const Variable& bias,
                         const Conv1dOptions& options, std::int64_t pool, kernels::WeightCache* cache) {
    const auto p = problem(x, weight, options);
    const Variable y =
        op(reshape(x, p.input_shape()), reshape(weight, p.weight_shape()), bias, p.options, {1, pool}, cache);
    return reshape(y, {y.shape()[0], y.shape()[2], y.shape()[3]});
  }
};

template <>
struct Ops<MapAxes> {
  static constexpr FileLayout kLayout = FileLayout::conv2d;
  static constexpr const char* kName = "conv2d ";

  static Shape weight_shape(std::int64_t out, kernels::Pair kernel, std::int64_t in) {
    return {out, kernel.t, kernel.f, in};
  }
  static kernels::Pair kernel_of(const Variable& weight) { return {weight.shape()[1], weight.shape()[2]}; }
  static auto problem(const Variable& x, const Variable& weight, const Conv2dOptions& options) {
    return kernels::Conv2dProblem::make(x.shape(), weight.shape(), options, x.dtype());
  }
  static constexpr auto forward = conv2d;
  static constexpr auto with_statistics = conv2d_bn_stats;
  template <class PoolOp>
  static Variable pooled(PoolOp op, const Variable& x, const Variable& weight, const Variable& bias,
                         const Conv2dOptions& options, kernels::Pair pool, kernels::WeightCache* cache) {
    return op(x, weight, bias, options, pool, cache);
  }
};

// Inputs that reach one output.
std::int64_t fan_in(const Shape& weight) {
  std::int64_t inputs = 1;
  for (int axis = 1; axis < weight.rank(); ++axis) inputs *= weight[axis];
  return inputs;
}

double conv_macs(const Shape& y, const Variable& weight) {
  return static_cast<double>(y.numel()) * static_cast<double>(fan_in(weight.shape()));
}

}  // namespace

template <class Axes>
Convolution<Axes>::Convolution(std::int64_t in_channels, std::int64_t out_channels, Extent kernel,
                               const Options& options, Bias bias)
    : weight_(
          *this, "weight",
          [&] {
            const Shape shape = Ops<Axes>::weight_shape(out_channels, kernel, in_channels);
            return uniform(shape, fan_in(shape));
          }(),
          Ops<Axes>::kLayout),
      bias_(*this, "bias", uniform_bias(bias, out_channels, fan_in(weight_.shape()))),
      options_(options) {}

template <class Axes>
Variable Convolution<Axes>::forward(const Variable& x, const Variable& weight, const Variable& bias,
                                    kernels::WeightCache* cache) const {
  TraceScope trace(*this, Ops<Axes>::kName, Ops<Axes>::kernel_of(weight));
  const Variable y = Ops<Axes>::forward(x, weight, bias, options_, cache);
  trace_macs(conv_macs(y.shape(), weight));
  return trace.output(y);
}

template <class Axes>
Conv2dWithStatistics Convolution<Axes>::with_statistics(const Variable& x, const Variable& weight,
                                                        const Variable& bias,
                                                        const RunningStatistics& running, double eps) const {
  TraceScope trace(*this, Ops<Axes>::kName, Ops<Axes>::kernel_of(weight));
  const Conv2dWithStatistics result = Ops<Axes>::with_statistics(x, weight, bias, options_, running, eps);
  trace_macs(conv_macs(result.y.shape(), weight));
  trace.output(result.y);
  return result;
}

template <class Axes>
Variable Convolution<Axes>::relu_pool(const Variable& x, const Variable& weight, const Variable& bias,
                                      Extent pool, kernels::WeightCache* cache) const {
  TraceScope trace(*this, Ops<Axes>::kName, Ops<Axes>::kernel_of(weight), " + relu + max_pool ", pool);
  return trace.output(pooled(conv2d_relu_pool, x, weight, bias, pool, cache));
}

template <class Axes>
Variable Convolution<Axes>::max_pool(const Variable& x, const Variable& weight, const Variable& bias,
                                     Extent pool, kernels::WeightCache* cache) const {
  TraceScope trace(*this, Ops<Axes>::kName, Ops<Axes>::kernel_of(weight), " + max_pool ", pool);
  return trace.output(pooled(conv2d_max_pool, x, weight, bias, pool, cache));
}

template <class Axes>
Variable Convolution<Axes>::pooled(PoolOp op, const Variable& x, const Variable& weight, const Variable& bias,
                                   Extent pool, kernels::WeightCache* cache) const {
  trace_macs(conv_macs(Ops<Axes>::problem(x, weight, options_).output_shape(), weight));
  return Ops<Axes>::pooled(op, x, weight, bias, options_, pool, cache);
}

template class Convolution<SequenceAxes>;
template class Convolution<MapAxes>;

}  // namespace sonograd::layers
