// Normalisation layers; formulas in kernels/batch_norm/batch_norm.h and kernels/layer_norm/layer_norm.h.
#pragma once

#include "autograd/ops/batch_norm.h"
#include "layers/module.h"

namespace sonograd::layers {

/// Batch normalisation over all axes but the last. Parameters: weight, bias [C]; buffers: running_mean,
/// running_var [C], num_batches_tracked (i64 scalar). Training normalises with the biased batch variance and
/// moves the running statistics by `kMomentum` (the weight of the new batch; the variance unbiased);
/// evaluation uses them.
class BatchNorm : public Module {
 public:
  static constexpr double kEps = 1e-5;
  static constexpr double kMomentum = 0.1;

  explicit BatchNorm(std::int64_t channels);
  Variable forward(const Variable& x) const;
  /// Training, with the statistics of x.
  Variable forward(const Variable& x, const BatchStatistics& statistics) const;

  const Variable& weight() const { return weight_; }
  const Variable& bias() const { return bias_; }
  const Tensor& running_mean() const { return running_mean_; }
  const Tensor& running_var() const { return running_var_; }
  /// What the statistics of one more batch, which is counted, move.
  RunningStatistics next_batch() const;

 private:
  Variable weight_, bias_;
  Tensor running_mean_, running_var_, num_batches_tracked_;
};

/// Layer normalisation over the last axis. Parameters: weight, bias [D].
class LayerNorm : public Module {
 public:
  static constexpr double kEps = 1e-5;

  explicit LayerNorm(std::int64_t width);
  Variable forward(const Variable& x) const;

 private:
  Variable weight_, bias_;
};

}  // namespace sonograd::layers
