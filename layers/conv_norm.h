// A convolution and the batch norm behind it.
#pragma once

#include <optional>

#include "autograd/tape.h"
#include "layers/conv.h"
#include "layers/derived.h"
#include "layers/norm.h"
#include "layers/part.h"

namespace sonograd::layers {

/// y = norm(conv(x)), two parts of `owner` under names of their own; `Conv` is Conv2d or Conv1d. In training the convolution
/// computes the statistics of the batch, and its bias gets no gradient: the normalisation subtracts the mean, so the gradient
/// is exactly zero. In evaluation inside NoGrad the norm is folded into the weights, once until the state changes; in
/// evaluation with gradients the two run one after the other. `norm` unset: y = conv(x), the owner has no such part.
template <class Conv>
class ConvNorm {
 public:
  using Extent = typename Conv::Extent;
  struct Names {
    std::string_view conv, norm;
  };

  ConvNorm(Module& owner, Names names, std::int64_t in_channels, std::int64_t out_channels, Extent kernel,
           const typename Conv::Options& options, Bias bias = Bias::learned,
           const std::optional<BatchNormOptions>& norm = BatchNormOptions());
  ConvNorm(const ConvNorm&) = delete;
  ConvNorm& operator=(const ConvNorm&) = delete;

  Variable forward(const Variable& x) const;
  /// relu(max_pool(forward(x))), windows side by side; a pool of 1 is ReLU alone.
  Variable relu_pool(const Variable& x, Extent pool) const;

 private:
  struct Folded {
    Variable weight, bias;
    mutable kernels::WeightCache cache;  // the weights in the layout of a kernel
  };
  std::unique_ptr<const Folded> fold() const;
  bool uses_folded() const { return !conv_.training() && NoGrad::active(); }
  Conv2dWithStatistics with_statistics(const Variable& x) const;

  Part<Conv> conv_;
  std::optional<Part<BatchNorm>> norm_;
  Derived<Folded> folded_;
};

extern template class ConvNorm<Conv1d>;
extern template class ConvNorm<Conv2d>;

}  // namespace sonograd::layers
