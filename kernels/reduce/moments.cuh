// Means and variances without cancellation (Chan, Golub and LeVeque 1983).
#pragma once

#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Mean and sum of squared differences of `count` values.
struct Moments {
  float count, mean, squares;

  /// Moments from sums of (value - shift) and of its square. Little cancels if `shift` is one of the values or near them.
  /// count > 0.
  __device__ static Moments about(float shift, float count, float sum, float sum_of_squares) {
    const float rest = sum_of_squares - sum * sum / count;
    return {count, shift + sum / count, rest < 0 ? 0 : rest};
  }
  __device__ static Moments merge(const Moments& a, const Moments& b) {
    if (b.count == 0) return a;
    const float count = a.count + b.count, share = b.count / count, difference = b.mean - a.mean;
    return {count, a.mean + difference * share,
            a.squares + b.squares + difference * difference * a.count * share};
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
