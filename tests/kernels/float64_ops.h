// Ops as functions of tensors in float64, in the `reference` rows, for checks of identities.
#pragma once

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

#include "kernels/batch_norm/batch_norm.h"
#include "kernels/conv2d/conv2d.h"
#include "kernels/pool/pool.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels::f64 {

inline constexpr double kEps = 1e-5;
/// Tolerance for the rounding of some thousand additions.
inline constexpr double kExact = 1e-12;

inline Tensor random(const Shape& shape, std::uint32_t which) {
  return random_tensor(shape, DType::f64, which);
}
inline Tensor empty(const Shape& shape) {
  return Tensor::empty(shape, DType::f64);
}
inline Tensor ones(const Shape& shape) {
  return Tensor::full(shape, 1, DType::f64);
}

/// The largest difference of corresponding elements, relative to the largest of them where that is above 1.
inline double difference(const Tensor& a, const Tensor& b) {
  EXPECT_EQ(a.shape(), b.shape());
  double largest = 1, difference = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i) {
    const double x = a.data<double>()[i], y = b.data<double>()[i];
    largest = std::max({largest, std::abs(x), std::abs(y)});
    difference = std::max(difference, std::isnan(x - y) ? INFINITY : std::abs(x - y));
  }
  return difference / largest;
}

inline Tensor conv(const Conv2dProblem& p, const Tensor& x, const Tensor& weight, const View& bias = {}) {
  Tensor y = empty(p.output_shape());
  conv2d_forward(p, x, weight, bias, set(y));
  return y;
}
inline Tensor conv_data_gradient(const Conv2dProblem& p, const Tensor& dy, const Tensor& weight) {
  Tensor dx = empty(p.input_shape());
  conv2d_backward_data(p, dy, weight, set(dx));
  return dx;
}
inline Tensor conv_weight_gradient(const Conv2dProblem& p, const Tensor& x, const Tensor& dy) {
  Tensor dw = empty(p.weight_shape());
  conv2d_backward_weight(p, x, dy, set(dw));
  return dw;
}

/// Batch normalisation with the statistics of one map.
struct Normalization {
  Tensor mean, inv_std;

  static Normalization of(const Tensor& x, const RunningStatistics& running = {}) {
    Normalization n = {empty({x.shape()[-1]}), empty({x.shape()[-1]})};
    batch_norm_statistics(BatchNormProblem::make(x.shape(), DType::f64), x, kEps, n.mean, n.inv_std, running);
    return n;
  }
  Tensor apply(const Tensor& x, const Tensor& weight, const Tensor& bias) const {
    Tensor y = empty(x.shape());
    batch_norm_apply(BatchNormProblem::make(x.shape(), DType::f64), x, mean, inv_std, weight, bias, set(y));
    return y;
  }
  /// (x - mean) * inv_std
  Tensor normalize(const Tensor& x) const {
    return apply(x, ones(mean.shape()), Tensor::zeros(mean.shape(), DType::f64));
  }

  struct Gradients {
    Tensor dx, dweight, dbias;
  };
  Gradients backward(const Tensor& x, const Tensor& dy, const Tensor& weight) const {
    Gradients g = {empty(x.shape()), empty(mean.shape()), empty(mean.shape())};
    batch_norm_backward(BatchNormProblem::make(x.shape(), DType::f64), x, dy, mean, inv_std, weight, true,
                        set(g.dx), set(g.dweight), set(g.dbias));
    return g;
  }
};

/// Maximum pooling over windows of up to 255 cells.
struct Pooled {
  Tensor y, index;

  static Pooled of(const PoolProblem& p, const Tensor& x) {
    Pooled pooled = {empty(p.output_shape()), Tensor::empty(p.output_shape(), DType::u8)};
    max_pool_forward(p, x, set(pooled.y), pooled.index);
    return pooled;
  }
};

/// Place in x of cell `index` of the window of output element `i`.
inline std::int64_t cell_of(const PoolProblem& p, std::int64_t i, std::int64_t index) {
  const std::int64_t c = i % p.channels, f = i / p.channels % p.out_f;
  const std::int64_t t = i / p.channels / p.out_f % p.out_t, n = i / p.channels / p.out_f / p.out_t;
  const std::int64_t row = n * p.t + t * p.stride.t + index / p.kernel.f;
  return (row * p.f + f * p.stride.f + index % p.kernel.f) * p.channels + c;
}

}  // namespace sonograd::kernels::f64
