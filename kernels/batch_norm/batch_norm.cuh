// Per channel, from finished sums: statistics, normalisation and gradients, for batch norm and the ops that fuse it.
#pragma once

#include <cmath>

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/reduce/moments.cuh"
#include "kernels/simt/simt.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Outputs and parameters of the statistics.
struct StatisticsTarget {
  float *mean, *inv_std;              // [C]
  float *running_mean, *running_var;  // [C], or null
  float eps, momentum;

  explicit StatisticsTarget(const BatchNormStatistics::Args& a)
      : mean(a.mean.data<float>()),
        inv_std(a.inv_std.data<float>()),
        running_mean(a.running.mean.defined() ? a.running.mean.data<float>() : nullptr),
        running_var(a.running.mean.defined() ? a.running.var.data<float>() : nullptr),
        eps(static_cast<float>(a.eps)),
        momentum(static_cast<float>(a.running.momentum)) {}

  __device__ void finish(std::int64_t c, const Moments& m) const {
    mean[c] = m.mean;
    inv_std[c] = 1 / std::sqrt(m.squares / m.count + eps);
    if (running_mean == nullptr) return;
    running_mean[c] += momentum * (m.mean - running_mean[c]);
    running_var[c] += momentum * (m.squares / (m.count - 1) - running_var[c]);
  }
};

/// Applies the statistics and parameters of the channels.
struct Normalization {
  const float *mean, *inv_std, *weight, *bias;  // [C]

  bool vectors() const { return vector_aligned(mean, inv_std, weight, bias); }

  /// Normalises N neighbouring channels from `c` on, at most four at a time: no access is wider than 16 bytes.
  template <int N>
  __device__ Vec<float, N> of(Vec<float, N> x, std::int64_t c) const {
    constexpr int kWidth = N < 4 ? N : 4;
    SONOGRAD_UNROLL
    for (int first = 0; first < N; first += kWidth) {
      const auto m = load_vec<kWidth>(mean + c + first), s = load_vec<kWidth>(inv_std + c + first);
      const auto w = load_vec<kWidth>(weight + c + first), b = load_vec<kWidth>(bias + c + first);
      for (int k = 0; k < kWidth; ++k) x[first + k] = (x[first + k] - m[k]) * (s[k] * w[k]) + b[k];
    }
    return x;
  }
};

/// dx = dy_factor * dy + x_factor * (x - mean) + constant, for one channel.
struct alignas(16) ChannelGradient {
  float dy_factor, x_factor, constant, mean;

  __device__ float of(float dy, float x) const { return dy_factor * dy + x_factor * (x - mean) + constant; }
};

/// Writes the gradients of the parameters, and gives the coefficients of the gradient of x.
struct NormGradient {
  const float *mean, *inv_std, *weight;  // [C]
  float *dweight, *dbias;                // [C], or null
  bool add_dweight, add_dbias;
  bool batch_statistics;
  float rows;

  /// Args: those of batch norm, or of an op that fuses it.
  template <class Args>
  NormGradient(const Args& a, bool through_statistics, std::int64_t batch_rows)
      : mean(a.mean.template data<float>()),
        inv_std(a.inv_std.template data<float>()),
        weight(a.weight.template data<float>()),
        dweight(a.dweight.view.defined() ? a.dweight.template data<float>() : nullptr),
        dbias(a.dbias.view.defined() ? a.dbias.template data<float>() : nullptr),
        add_dweight(a.dweight.adds()),
        add_dbias(a.dbias.adds()),
        batch_statistics(through_statistics),
        rows(static_cast<float>(batch_rows)) {}

  /// `sum_dy`: sum of dy; `sum_dy_x`: sum of dy * (x - mean).
  __device__ ChannelGradient finish(std::int64_t c, float sum_dy, float sum_dy_x) const {
    if (dweight != nullptr) write(dweight[c], sum_dy_x * inv_std[c], add_dweight);
    if (dbias != nullptr) write(dbias[c], sum_dy, add_dbias);
    const float factor = weight[c] * inv_std[c];
    if (!batch_statistics) return {factor, 0, 0, mean[c]};
    return {factor, -factor * inv_std[c] * inv_std[c] * (sum_dy_x / rows), -factor * (sum_dy / rows),
            mean[c]};
  }
};

/// The sums that NormGradient::finish takes, of one channel.
struct GradientSums {
  float dy, dy_x;

  __device__ static GradientSums merge(const GradientSums& a, const GradientSums& b) {
    return {a.dy + b.dy, a.dy_x + b.dy_x};
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
