// Convolution layers; formulas in autograd/ops/conv1d.h and kernels/conv2d/conv2d.h.
#pragma once

#include "autograd/ops/conv1d.h"
#include "autograd/ops/conv2d_bn_stats.h"
#include "layers/module.h"

namespace sonograd::layers {

/// [N, T, F, in] -> [N, T', F', out]. Parameters: weight, bias.
class Conv2d : public Module {
 public:
  Conv2d(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair kernel,
         const Conv2dOptions& options);
  Variable forward(const Variable& x) const { return forward(x, weight_, bias_); }
  /// With other weights of the same sizes: folded ones, or without a bias gradient.
  Variable forward(const Variable& x, const Variable& weight, const Variable& bias,
                   kernels::WeightCache* cache = nullptr) const;
  /// The same, with the statistics of what comes out: for the batch norm behind it, in training.
  Conv2dWithStatistics with_statistics(const Variable& x, const Variable& weight, const Variable& bias,
                                       const RunningStatistics& running, double eps) const;
  /// The same, followed by ReLU and maximum pooling.
  Variable relu_pool(const Variable& x, const Variable& weight, const Variable& bias, kernels::Pair pool,
                     kernels::WeightCache* cache = nullptr) const;

  const Variable& weight() const { return weight_; }
  const Variable& bias() const { return bias_; }
  const Conv2dOptions& options() const { return options_; }

 private:
  Variable weight_, bias_;
  Conv2dOptions options_;
};

/// [N, T, in] -> [N, T', out]. Parameters: weight, bias.
class Conv1d : public Module {
 public:
  Conv1d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel,
         const Conv1dOptions& options);
  Variable forward(const Variable& x) const;

 private:
  Variable weight_, bias_;
  Conv1dOptions options_;
};

}  // namespace sonograd::layers
