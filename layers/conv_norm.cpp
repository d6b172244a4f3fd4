#include "layers/conv_norm.h"

#include <cmath>

#include "autograd/ops/bn_relu_pool.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "kernels/core/stored.h"
#include "tensor/device/arena.h"

namespace sonograd::layers {
namespace {

// Overloads for sequences and maps.
kernels::Pair windows(std::int64_t pool) {
  return {pool, 1};
}
kernels::Pair windows(kernels::Pair pool) {
  return pool;
}
Variable max_pool(const Variable& x, std::int64_t pool) {
  return pool == 1 ? x : max_pool1d(x, pool);
}
Variable max_pool(const Variable& x, kernels::Pair pool) {
  return pool.t == 1 && pool.f == 1 ? x : max_pool2d(x, pool);
}

// Folds `norm` into weights [out, ...] and bias [out], in place; computes in double and rounds once to their type.
template <class T>
void fold_norm(const BatchNorm& norm, const Tensor& weight, const Tensor& bias) {
  using kernels::narrow, kernels::widen;
  using Parameter = kernels::Computed<T>;
  const auto host = [](const Tensor& t) { return t.to(Device{}); };
  const Tensor gamma = host(norm.weight().data()), beta = host(norm.bias().data());
  const Tensor mean = host(norm.running_mean()), var = host(norm.running_var());
  const std::int64_t channels = bias.numel();
  const std::int64_t taps = weight.numel() / channels;
  for (std::int64_t o = 0; o < channels; ++o) {
    const double scale = gamma.data<Parameter>()[o] / std::sqrt(var.data<Parameter>()[o] + norm.eps());
    T* row = weight.data<T>() + o * taps;
    for (std::int64_t i = 0; i < taps; ++i) row[i] = narrow<T>(widen(row[i]) * scale);
    T& offset = bias.data<T>()[o];
    offset = narrow<T>((widen(offset) - mean.data<Parameter>()[o]) * scale + beta.data<Parameter>()[o]);
  }
}

}  // namespace

template <class Conv>
ConvNorm<Conv>::ConvNorm(Module& owner, Names names, std::int64_t in_channels, std::int64_t out_channels,
                         Extent kernel, const typename Conv::Options& options, Bias bias,
                         const std::optional<BatchNormOptions>& norm)
    : conv_(owner, names.conv, in_channels, out_channels, kernel, options, bias),
      folded_(owner, [this] { return fold(); }) {
  if (norm) norm_.emplace(owner, names.norm, out_channels, *norm);
}

template <class Conv>
auto ConvNorm<Conv>::fold() const -> std::unique_ptr<const Folded> {
  auto folded = std::make_unique<Folded>();
  folded->weight = conv_.weight().detach();
  folded->bias = conv_.bias().detach();
  if (!norm_) return folded;
  const NoArenaScope outlives_the_step;
  const Tensor& own = conv_.weight().data();
  const Tensor weight = own.to(Device{}).clone();
  const Tensor bias = conv_.bias().defined() ? conv_.bias().data().to(Device{}).clone()
                                             : Tensor::zeros({own.shape()[0]}, own.dtype());
  if (own.dtype() == DType::bf16) {
    fold_norm<bf16>(*norm_, weight, bias);
  } else {
    visit_real(own.dtype(), "fold", [&](auto type) { fold_norm<decltype(type)>(*norm_, weight, bias); });
  }
  folded->weight = Variable(weight.to(own.device()));
  folded->bias = Variable(bias.to(own.device()));
  return folded;
}

template <class Conv>
Conv2dWithStatistics ConvNorm<Conv>::with_statistics(const Variable& x) const {
  return conv_.with_statistics(x, conv_.weight(), conv_.bias().detach(), norm_->next_batch(), norm_->eps());
}

template <class Conv>
Variable ConvNorm<Conv>::forward(const Variable& x) const {
  if (uses_folded()) {
    const Folded& folded = folded_.get();
    return conv_.forward(x, folded.weight, folded.bias, &folded.cache);
  }
  if (!norm_) return conv_.forward(x);
  if (!norm_->training()) return norm_->forward(conv_.forward(x));
  const auto [y, statistics] = with_statistics(x);
  return norm_->forward(y, statistics);
}

template <class Conv>
Variable ConvNorm<Conv>::relu_pool(const Variable& x, Extent pool) const {
  if (uses_folded()) {
    const Folded& folded = folded_.get();
    return conv_.relu_pool(x, folded.weight, folded.bias, pool, &folded.cache);
  }
  if (!norm_ || !norm_->training()) return relu(max_pool(forward(x), pool));
  const auto [y, statistics] = with_statistics(x);
  return bn_relu_pool(y, statistics, norm_->weight(), norm_->bias(), windows(pool));
}

template class ConvNorm<Conv1d>;
template class ConvNorm<Conv2d>;

}  // namespace sonograd::layers
