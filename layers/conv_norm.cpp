#include "layers/conv_norm.h"

#include <cmath>

#include "autograd/ops/bn_relu_pool.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/tape.h"
#include "tensor/device/arena.h"

namespace sonograd::layers {

Variable ConvNorm::raw(const Variable& x) const {
  return conv_.forward(x, conv_.weight(), conv_.bias().detach());
}

Conv2dWithStatistics ConvNorm::with_statistics(const Variable& x) const {
  return conv_.with_statistics(x, conv_.weight(), conv_.bias().detach(), norm_.next_batch(), BatchNorm::kEps);
}

void ConvNorm::fold(Device device) {
  if (weight_.defined()) return;
  const NoArenaScope outlives_the_step;
  const auto host = [](const Tensor& t) { return t.to(Device{}); };
  const Tensor w = host(conv_.weight().data()).clone(), b = host(conv_.bias().data()).clone();
  const Tensor gamma = host(norm_.weight().data()), beta = host(norm_.bias().data());
  const Tensor mean = host(norm_.running_mean()), var = host(norm_.running_var());
  const std::int64_t channels = b.numel();
  const std::int64_t taps = w.numel() / channels;
  for (std::int64_t o = 0; o < channels; ++o) {
    const double scale = gamma.data<float>()[o] / std::sqrt(var.data<float>()[o] + BatchNorm::kEps);
    float* row = w.data<float>() + o * taps;
    for (std::int64_t i = 0; i < taps; ++i) row[i] = static_cast<float>(row[i] * scale);
    float& bias = b.data<float>()[o];
    bias = static_cast<float>((bias - mean.data<float>()[o]) * scale + beta.data<float>()[o]);
  }
  weight_ = Variable(w.to(device));
  bias_ = Variable(b.to(device));
}

Variable ConvNorm::forward(const Variable& x) {
  if (norm_.training()) {
    const auto [y, statistics] = with_statistics(x);
    return norm_.forward(y, statistics);
  }
  if (!NoGrad::active()) return norm_.forward(raw(x));
  fold(x.device());
  return conv_.forward(x, weight_, bias_, &cache_);
}

Variable ConvNorm::relu_pool(const Variable& x, kernels::Pair pool) {
  if (norm_.training()) {
    const auto [y, statistics] = with_statistics(x);
    return bn_relu_pool(y, statistics, norm_.weight(), norm_.bias(), pool);
  }
  if (!NoGrad::active()) return relu(max_pool2d(norm_.forward(raw(x)), pool));
  fold(x.device());
  return conv_.relu_pool(x, weight_, bias_, pool, &cache_);
}

void ConvNorm::drop() {
  weight_ = {};
  bias_ = {};
  cache_ = {};
}

}  // namespace sonograd::layers
