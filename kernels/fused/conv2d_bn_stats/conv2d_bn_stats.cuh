// Statistics of a map without another pass over it: a convolution stores the moments of its tiles, and a small second
// kernel merges them, both in a fixed order. They are the statistics of the sums before these are rounded to bf16.
#pragma once

#include "kernels/batch_norm/batch_norm.cuh"
#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/conv2d/cuda/tile_moments.cuh"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.h"
#include "kernels/reduce/column_reduce.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// The second kernel. T: the element type of the bias.
template <class T>
struct MergeTiles {
  using State = Moments;
  const Moments* partial;  // [tiles, channels]
  std::int64_t channels;
  const T* bias;  // [channels], or null
  StatisticsTarget target;

  __device__ State start() const { return {0, 0, 0}; }
  // Moments about the mean of the first tile: little cancels, and the loop has no division.
  template <int N>
  __device__ void of(const ColumnRows& tiles, std::int64_t c, State* states) const {
    if (tiles.first >= tiles.end) return;
    for (int k = 0; k < N; ++k) {
      const Moments* column = partial + c + k;
      const float shift = column[tiles.first * channels].mean;
      float count = 0, sum = 0, squares = 0;
      for (std::int64_t tile = tiles.first; tile < tiles.end; tile += tiles.step) {
        const Moments& m = column[tile * channels];
        const float difference = m.mean - shift;
        count += m.count;
        sum += m.count * difference;
        squares += m.squares + m.count * difference * difference;
      }
      states[k] = Moments::about(shift, count, sum, squares);
    }
  }
  __device__ State merge(const State& a, const State& b) const { return Moments::merge(a, b); }
  __device__ void finish(std::int64_t c, const State& m) const {
    target.finish(c, {m.count, bias ? m.mean + widen(bias[c]) : m.mean, m.squares});
  }
};

/// Moments of all tiles of a map.
class MomentsOfMap {
 public:
  /// Bytes of scratch memory for `tiles` tiles.
  static std::size_t workspace(const Conv2dProblem& p, std::int64_t tiles) {
    return Workspace::bytes<Moments>(count(p, tiles)) + column_workspace<Moments>(tiles, p.out_channels);
  }

  MomentsOfMap(const Conv2dProblem& p, std::int64_t tiles, Workspace& scratch)
      : tiles_(tiles),
        channels_(p.out_channels),
        scratch_(scratch),
        partial_(scratch.take<Moments>(count(p, tiles))) {}

  /// Epilogue for the convolution.
  StoreMoments epilogue() const { return {partial_}; }
  /// Writes the statistics, after the convolution.
  void merge(const Conv2dBnStats::Args& a) {
    const StatisticsTarget target(BatchNormStatistics::Args{a.y, a.eps, a.mean, a.inv_std, a.running});
    visit_stored(a.y.dtype, [&](auto tag) {
      using T = decltype(tag);
      const T* bias = a.bias.defined() ? a.bias.data<T>() : nullptr;
      reduce_columns("conv2d_bn_stats_merge", tiles_, channels_,
                     MergeTiles<T>{partial_, channels_, bias, target}, true, scratch_);
    });
  }

 private:
  static std::size_t count(const Conv2dProblem& p, std::int64_t tiles) {
    return static_cast<std::size_t>(tiles * p.out_channels);
  }

  std::int64_t tiles_, channels_;
  Workspace& scratch_;
  Moments* partial_;
};

/// Arguments of the convolution of a call.
inline Conv2dForward::Args convolution(const Conv2dBnStats::Args& a) {
  return {a.x, a.weight, a.bias, set(a.y)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
