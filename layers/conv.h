// Convolution layers; formulas in autograd/ops/conv1d.h and kernels/conv2d/conv2d.h.
#pragma once

#include "autograd/ops/conv1d.h"
#include "autograd/ops/conv2d_bn_stats.h"
#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

/// Axes of sequences: [N, T, in] -> [N, T', out], weight [out, k, in].
struct SequenceAxes {
  using Extent = std::int64_t;
  using Options = Conv1dOptions;
};
/// Axes of maps: [N, T, F, in] -> [N, T', F', out], weight [out, kT, kF, in].
struct MapAxes {
  using Extent = kernels::Pair;
  using Options = Conv2dOptions;
};

/// Parameters: weight, bias (undefined unless learned).
template <class Axes>
class Convolution : public Layer {
 public:
  using Extent = typename Axes::Extent;
  using Options = typename Axes::Options;

  Convolution(std::int64_t in_channels, std::int64_t out_channels, Extent kernel, const Options& options,
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
  /// The same without ReLU.
  Variable max_pool(const Variable& x, const Variable& weight, const Variable& bias, Extent pool,
                    kernels::WeightCache* cache = nullptr) const;

  const Variable& weight() const { return weight_; }
  const Variable& bias() const { return bias_; }

 private:
  using PoolOp = Variable (*)(const Variable& x, const Variable& weight, const Variable& bias,
                              const Conv2dOptions& options, kernels::Pair pool, kernels::WeightCache* cache);
  Variable pooled(PoolOp op, const Variable& x, const Variable& weight, const Variable& bias, Extent pool,
                  kernels::WeightCache* cache) const;

  Parameter weight_, bias_;
  Options options_;
};

extern template class Convolution<SequenceAxes>;
extern template class Convolution<MapAxes>;
using Conv1d = Convolution<SequenceAxes>;
using Conv2d = Convolution<MapAxes>;

}  // namespace sonograd::layers
