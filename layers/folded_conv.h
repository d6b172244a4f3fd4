// Batch norm folded into the convolution before it, for evaluation.
#pragma once

#include "layers/conv.h"
#include "layers/norm.h"

namespace sonograd::layers {

/// y = norm(conv(x)). In training both run, and the convolution's bias gets no gradient: the normalisation
/// takes the mean away, so the gradient is exactly zero. In evaluation the statistics are folded into weights
/// that are made once and kept until `drop`.
class FoldedConv {
 public:
  FoldedConv(const Conv2d& conv, const BatchNorm& norm) : conv_(conv), norm_(norm) {}

  /// The convolution alone, with a bias that no gradient flows to.
  Variable raw(const Variable& x) const;
  /// Either, by the mode of the norm.
  Variable forward(const Variable& x);
  /// relu(max_pool(forward(x))).
  Variable relu_pool(const Variable& x, kernels::Pair pool);
  void drop();

 private:
  bool folds() const;
  void fold(Device device);

  const Conv2d& conv_;
  const BatchNorm& norm_;
  Variable weight_, bias_;
  kernels::WeightCache cache_;
};

}  // namespace sonograd::layers
