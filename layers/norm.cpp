#include "layers/norm.h"

#include "autograd/ops/bn_relu_pool.h"
#include "autograd/ops/layer_norm.h"
#include "autograd/ops/pointwise.h"
#include "layers/trace.h"

namespace sonograd::layers {
namespace {

double checked_eps(std::string_view layer, double eps) {
  if (!(eps > 0)) throw ConfigError(concat("[", layer, "] eps: expected a number above 0, got ", eps));
  return eps;
}

BatchNormOptions checked(const BatchNormOptions& options) {
  checked_eps("batch_norm", options.eps);
  if (!(options.momentum >= 0 && options.momentum <= 1))
    throw ConfigError(concat("[batch_norm] momentum: expected a number from 0 to 1, got ", options.momentum));
  return options;
}

}  // namespace

BatchNorm::BatchNorm(std::int64_t channels, const BatchNormOptions& options)
    : options_(checked(options)),
      weight_(*this, "weight", Tensor::full({channels}, 1), FileLayout::same, ParameterStorage::as_float32),
      bias_(*this, "bias", Tensor::zeros({channels}), FileLayout::same, ParameterStorage::as_float32),
      running_mean_(*this, "running_mean", Tensor::zeros({channels}), StateKind::statistic),
      running_var_(*this, "running_var", Tensor::full({channels}, 1), StateKind::statistic),
      num_batches_tracked_(*this, "num_batches_tracked", Tensor::zeros({}, DType::i64), StateKind::counter) {}

RunningStatistics BatchNorm::next_batch() const {
  ++*num_batches_tracked_.data<std::int64_t>();
  return {running_mean_, running_var_, options_.momentum};
}

Variable BatchNorm::forward(const Variable& x) const {
  TraceScope trace(*this, "batch_norm");
  if (training()) return trace.output(forward(x, batch_statistics(x.data(), next_batch(), options_.eps)));
  return trace.output(batch_norm(x, running_mean_, running_var_, weight_, bias_, options_.eps));
}

Variable BatchNorm::forward(const Variable& x, const BatchStatistics& statistics) const {
  TraceScope trace(*this, "batch_norm");
  return trace.output(batch_norm(x, statistics, weight_, bias_));
}

Variable BatchNorm::relu(const Variable& x) const {
  TraceScope trace(*this, "batch_norm + relu");
  if (!training()) return trace.output(sonograd::relu(forward(x)));
  const BatchStatistics statistics = batch_statistics(x.data(), next_batch(), options_.eps);
  return trace.output(bn_relu_pool(x, statistics, weight_, bias_, 1));
}

LayerNorm::LayerNorm(std::int64_t width, const LayerNormOptions& options)
    : options_{.eps = checked_eps("layer_norm", options.eps)},
      weight_(*this, "weight", Tensor::full({width}, 1), FileLayout::same, ParameterStorage::as_float32),
      bias_(*this, "bias", Tensor::zeros({width}), FileLayout::same, ParameterStorage::as_float32) {}

Variable LayerNorm::forward(const Variable& x) const {
  TraceScope trace(*this, "layer_norm");
  return trace.output(layer_norm(x, weight_, bias_, options_.eps));
}

}  // namespace sonograd::layers
