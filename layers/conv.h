// Convolution layers; formulas in autograd/ops/conv1d.h and kernels/conv2d/conv2d.h.
#pragma once

#include "autograd/ops/conv1d.h"
#include "autograd/ops/conv2d_bn_stats.h"
#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

/// [N, T, F, in] -> [N, T', F', out]. Parameters: weight [out, kT, kF, in], bias [out] (undefined unless learned).
class Conv2d : public Layer {
 public:
  using Extent = kernels::Pair;
  using Options = Conv2dOptions;

  Conv2d(std::int64_t in_channels, std::int64_t out_channels, Extent kernel, const Options& options,
         Bias bias = Bias::learned);
  Variable forward(const Variable& x) const override { return forward(x, weight_, bias_); }
  /// The convolution with other weights of the same sizes: folded ones, or a bias without a gradient.
  Variable forward(const Variable& x, const Variable& weight, const Variable& bias,
                   kernels::WeightCache* cache = nullptr) const;
  /// The same, with the statistics of the result for the batch norm behind it: training.
  Conv2dWithStatistics with_statistics(const Variable& x, const Variable& weight, const Variable& bias,
                                       const RunningStatistics& running, double eps) const;
  /// The same, followed by ReLU and maximum pooling over windows side by side; a pool of 1 is none.
  Variable relu_pool(const Variable& x, const Variable& weight, const Variable& bias, Extent pool,
                     kernels::WeightCache* cache = nullptr) const;

  const Variable& weight() const { return weight_; }
  const Variable& bias() const { return bias_; }

 private:
  Parameter weight_, bias_;
  Options options_;
};

/// [N, T, in] -> [N, T', out]. Parameters: weight [out, k, in], bias [out] (undefined unless learned). Members as in Conv2d.
class Conv1d : public Layer {
 public:
  using Extent = std::int64_t;
  using Options = Conv1dOptions;

  Conv1d(std::int64_t in_channels, std::int64_t out_channels, Extent kernel, const Options& options,
         Bias bias = Bias::learned);
  Variable forward(const Variable& x) const override { return forward(x, weight_, bias_); }
  Variable forward(const Variable& x, const Variable& weight, const Variable& bias,
                   kernels::WeightCache* cache = nullptr) const;
  Conv2dWithStatistics with_statistics(const Variable& x, const Variable& weight, const Variable& bias,
                                       const RunningStatistics& running, double eps) const;
  Variable relu_pool(const Variable& x, const Variable& weight, const Variable& bias, Extent pool,
                     kernels::WeightCache* cache = nullptr) const;

  const Variable& weight() const { return weight_; }
  const Variable& bias() const { return bias_; }

 private:
  Parameter weight_, bias_;
  Options options_;
};

}  // namespace sonograd::layers
