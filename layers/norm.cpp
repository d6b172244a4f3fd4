#include "layers/norm.h"

#include "autograd/ops/layer_norm.h"
#include "layers/init.h"
#include "layers/trace.h"

namespace sonograd::layers {

BatchNorm::BatchNorm(std::int64_t channels)
    : weight_(constant_parameter({channels}, 1)),
      bias_(constant_parameter({channels}, 0)),
      running_mean_(Tensor::zeros({channels})),
      running_var_(Tensor::full({channels}, 1)),
      num_batches_tracked_(Tensor::zeros({}, DType::i64)) {
  add_parameter("weight", weight_);
  add_parameter("bias", bias_);
  add_buffer("running_mean", running_mean_);
  add_buffer("running_var", running_var_);
  add_buffer("num_batches_tracked", num_batches_tracked_);
}

RunningStatistics BatchNorm::next_batch() const {
  ++*num_batches_tracked_.data<std::int64_t>();
  return {running_mean_, running_var_, kMomentum};
}

Variable BatchNorm::forward(const Variable& x) const {
  TraceScope trace(*this, "batch_norm");
  if (training()) return trace.output(forward(x, batch_statistics(x.data(), next_batch(), kEps)));
  return trace.output(batch_norm(x, running_mean_, running_var_, weight_, bias_, kEps));
}

Variable BatchNorm::forward(const Variable& x, const BatchStatistics& statistics) const {
  TraceScope trace(*this, "batch_norm");
  return trace.output(batch_norm(x, statistics, weight_, bias_));
}

LayerNorm::LayerNorm(std::int64_t width)
    : weight_(constant_parameter({width}, 1)), bias_(constant_parameter({width}, 0)) {
  add_parameter("weight", weight_);
  add_parameter("bias", bias_);
}

Variable LayerNorm::forward(const Variable& x) const {
  TraceScope trace(*this, "layer_norm");
  return trace.output(layer_norm(x, weight_, bias_, kEps));
}

}  // namespace sonograd::layers
