// Normalisation layers; formulas in kernels/batch_norm/batch_norm.h and kernels/layer_norm/layer_norm.h.
#pragma once

#include "autograd/ops/batch_norm.h"
#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

struct BatchNormOptions {
  double eps = 1e-5;  ///< added to the variance, > 0
  double momentum =
      0.1;  ///< weight of the new batch in the running statistics, in [0, 1]; a decay of 0.99 is 0.01
};

/// Batch normalisation over all axes but the last: [..., C] -> [..., C]. Parameters: weight, bias [C]; statistics:
/// running_mean, running_var [C]; counter: num_batches_tracked (i64 scalar). Training normalises with the biased batch
/// variance and moves the running statistics by `momentum` (the variance unbiased); evaluation uses the running statistics.
/// Throws ConfigError for options out of range.
class BatchNorm : public Layer {
 public:
  explicit BatchNorm(std::int64_t channels, const BatchNormOptions& options = {});
  Variable forward(const Variable& x) const override;
  /// Training, with statistics of x that are known already.
  Variable forward(const Variable& x, const BatchStatistics& statistics) const;
  /// relu(forward(x)), in training one op.
  Variable relu(const Variable& x) const;

  const Variable& weight() const { return weight_; }
  const Variable& bias() const { return bias_; }
  const Tensor& running_mean() const { return running_mean_; }
  const Tensor& running_var() const { return running_var_; }
  double eps() const { return options_.eps; }
  /// Running statistics for one more batch to move; counts the batch.
  RunningStatistics next_batch() const;

 private:
  BatchNormOptions options_;
  Parameter weight_, bias_;
  Buffer running_mean_, running_var_, num_batches_tracked_;
};

struct LayerNormOptions {
  double eps = 1e-5;  ///< added to the variance, > 0
};

/// Layer normalisation over the last axis: [..., D] -> [..., D]. Parameters: weight, bias [D]. Throws ConfigError for an eps
/// out of range.
class LayerNorm : public Layer {
 public:
  explicit LayerNorm(std::int64_t width, const LayerNormOptions& options = {});
  Variable forward(const Variable& x) const override;

 private:
  LayerNormOptions options_;
  Parameter weight_, bias_;
};

}  // namespace sonograd::layers
