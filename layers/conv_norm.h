// A convolution and the batch norm behind it.
#pragma once

#include "layers/conv.h"
#include "layers/norm.h"

namespace sonograd::layers {

/// y = norm(conv(x)). In training the convolution leaves the statistics of the batch, and its bias gets no gradient: the
/// normalisation takes the mean away, so the gradient is exactly zero. In evaluation the statistics are folded into weights
/// that are made once and kept until `drop`.
class ConvNorm {
 public:
  ConvNorm(const Conv2d& conv, const BatchNorm& norm) : conv_(conv), norm_(norm) {}

  Variable forward(const Variable& x);
  /// relu(max_pool(forward(x))); a pool of 1 is ReLU alone.
  Variable relu_pool(const Variable& x, kernels::Pair pool);
  void drop();

 private:
  Variable raw(const Variable& x) const;
  Conv2dWithStatistics with_statistics(const Variable& x) const;
  void fold(Device device);

  const Conv2d& conv_;
  const BatchNorm& norm_;
  Variable weight_, bias_;
  kernels::WeightCache cache_;
};

}  // namespace sonograd::layers
