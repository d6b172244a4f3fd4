// Identities by which kernels that fuse batch normalisation (BN), ReLU and maximum pooling may leave out work (S1, S2), on the
// reference rows in float64.
//
// Notation: y the map before BN, xhat = (y - mean) * inv_std, gamma and beta the weight and bias of BN, dz the gradient of BN's
// output, g that of the pooled map.
#include <gmock/gmock.h>

#include "tests/kernels/float64_ops.h"

namespace sonograd::kernels {
namespace {

using testing::ElementsAreArray;

constexpr std::uint8_t kNone = kNoCell<std::uint8_t>;

struct Pooling {
  Shape map;
  Pair kernel, stride;
};

// Side by side with a remainder, overlapping, gaps between them, one window for all, windows of one cell.
// clang-format off
const Pooling kPoolings[] = {
    {{2, 7, 9, 5}, {2, 3}, {2, 3}},
    {{3, 8, 5, 4}, 3, 2},
    {{1, 11, 7, 3}, 2, {3, 4}},
    {{2, 5, 13, 6}, {5, 13}, 1},
    {{2, 3, 5, 3}, 1, 1},
};
// clang-format on

// Channels with positive, negative and no weight.
Tensor weights_of_every_sign(std::int64_t channels) {
  Tensor gamma = f64::random({channels}, 20);
  for (std::int64_t c = 0; c < channels; ++c) {
    double& weight = gamma.data<double>()[c];
    weight = (c % 3 == 0) ? std::abs(weight) + 0.1 : (c % 3 == 1) ? -std::abs(weight) - 0.1 : 0;
  }
  return gamma;
}

// Multiples of a quarter, so that windows have several maxima.
Tensor map_with_ties(const Shape& shape) {
  Tensor y = f64::random(shape, 21);
  for (double& value : y.span<double>()) value = std::round(4 * value) / 4;
  return y;
}

Tensor relu(const Tensor& x) {
  Tensor y = x.clone();
  for (double& value : y.span<double>()) value = std::max(value, 0.0);
  return y;
}

// The element of each window that is first among the largest where gamma > 0, among the smallest where gamma < 0; the first
// one where gamma = 0.
f64::Pooled extremum(const PoolProblem& p, const Tensor& y, const Tensor& gamma) {
  const Tensor directed = y.clone();
  for (std::int64_t i = 0; i < y.numel(); ++i) {
    const double weight = gamma.data<double>()[i % p.channels];
    directed.data<double>()[i] *= (weight > 0) - (weight < 0);
  }
  f64::Pooled e = f64::Pooled::of(p, directed);
  for (std::int64_t i = 0; i < e.y.numel(); ++i) {
    e.y.data<double>()[i] = y.data<double>()[f64::cell_of(p, i, e.index.data<std::uint8_t>()[i])];
  }
  return e;
}

// S1. BN is monotone in each channel, and so is ReLU: the pooling may come first, of the raw map.
//   max_pool(relu(BN(y))) = relu(BN(e)), e the extremum of each window by the sign of gamma
// Rounding is monotone, too: the same operations give the same bits, in any precision.
TEST(PooledExtremum, StandsForTheWindow) {
  for (const auto& [map, kernel, stride] : kPoolings) {
    SCOPED_TRACE(map);
    auto p = PoolProblem::make(map, kernel, stride, DType::f64);
    const Tensor y = map_with_ties(map), gamma = weights_of_every_sign(p.channels);
    const Tensor beta = f64::random({p.channels}, 22);
    const auto bn = f64::Normalization::of(y);
    const f64::Pooled e = extremum(p, y, gamma);
    const Tensor shortcut = relu(bn.apply(e.y, gamma, beta));
    std::vector<std::uint8_t> index;
    for (std::int64_t i = 0; i < shortcut.numel(); ++i) {
      index.push_back(shortcut.data<double>()[i] > 0 ? e.index.data<std::uint8_t>()[i] : kNone);
    }

    p.rectify = true;
    const f64::Pooled expected = f64::Pooled::of(p, bn.apply(y, gamma, beta));
    EXPECT_EQ(f64::difference(shortcut, expected.y), 0);
    EXPECT_THAT(expected.index.span<std::uint8_t>(), ElementsAreArray(index));
  }
}

// S1 for networks that rectify first: max_pool(BN(relu(y))) = BN(relu(e)).
TEST(PooledExtremum, StandsForTheRectifiedWindow) {
  for (const auto& [map, kernel, stride] : kPoolings) {
    SCOPED_TRACE(map);
    const auto p = PoolProblem::make(map, kernel, stride, DType::f64);
    const Tensor y = map_with_ties(map), gamma = weights_of_every_sign(p.channels);
    const Tensor beta = f64::random({p.channels}, 22);
    const auto bn = f64::Normalization::of(relu(y));
    const f64::Pooled expected = f64::Pooled::of(p, bn.apply(relu(y), gamma, beta));
    EXPECT_EQ(f64::difference(bn.apply(relu(extremum(p, y, gamma).y), gamma, beta), expected.y), 0);
  }
}

TEST(PooledExtremum, IsNotTheMaximumWhereTheWeightIsNegative) {
  const auto p = PoolProblem::make({2, 7, 9, 5}, 2, 2, DType::f64);
  const Tensor y = map_with_ties(p.input_shape()), gamma = weights_of_every_sign(p.channels);
  const Tensor beta = f64::random({p.channels}, 22);
  const auto bn = f64::Normalization::of(y);
  const Tensor expected = f64::Pooled::of(p, bn.apply(y, gamma, beta)).y;
  EXPECT_GT(f64::difference(bn.apply(f64::Pooled::of(p, y).y, gamma, beta), expected), 0.1);
}

TEST(PooledExtremum, HasNoCounterpartForMeans) {
  const auto p = PoolProblem::make({2, 7, 9, 5}, 2, 2, DType::f64);
  const Tensor y = map_with_ties(p.input_shape());
  const auto mean = [&](const Tensor& x) {
    Tensor result = f64::empty(p.output_shape());
    avg_pool_forward(p, x, set(result));
    return result;
  };
  EXPECT_GT(f64::difference(mean(relu(y)), relu(mean(y))), 0.1);
}

// The gradient of BN's output: g at the maxima that are positive, zero elsewhere.
Tensor unpool(const PoolProblem& p, const Tensor& g, const f64::Pooled& pooled) {
  Tensor dz = f64::empty(p.input_shape());
  max_pool_backward(p, g, pooled.index, set(dz));
  return dz;
}

struct Sums {
  Tensor dgamma, dbeta;
};

// S2. dz is zero but at the extrema, so that the sums of BN's backward need data of the pooled size only:
//   dbeta = sum of g, dgamma = sum of g * xhat(e), over the pooled positions that ReLU lets pass
Sums pooled_sums(const Tensor& g, const f64::Pooled& pooled, const Tensor& xhat_of_e) {
  const std::int64_t channels = g.shape()[-1];
  Sums sums = {Tensor::zeros({channels}, DType::f64), Tensor::zeros({channels}, DType::f64)};
  for (std::int64_t i = 0; i < g.numel(); ++i) {
    if (pooled.index.data<std::uint8_t>()[i] == kNone) continue;
    sums.dbeta.data<double>()[i % channels] += g.data<double>()[i];
    sums.dgamma.data<double>()[i % channels] += g.data<double>()[i] * xhat_of_e.data<double>()[i];
  }
  return sums;
}

TEST(BatchNormSums, NeedPooledDataOnly) {
  for (const auto& [map, kernel, stride] : kPoolings) {
    SCOPED_TRACE(map);
    auto p = PoolProblem::make(map, kernel, stride, DType::f64);
    p.rectify = true;
    const Tensor y = map_with_ties(map), gamma = weights_of_every_sign(p.channels);
    const Tensor beta = f64::random({p.channels}, 22), g = f64::random(p.output_shape(), 23);
    const auto bn = f64::Normalization::of(y);
    const f64::Pooled pooled = f64::Pooled::of(p, bn.apply(y, gamma, beta));

    p.rectify = false;
    const Sums sums = pooled_sums(g, pooled, bn.normalize(extremum(p, y, gamma).y));
    const auto expected = bn.backward(y, unpool(p, g, pooled), gamma);
    EXPECT_LT(f64::difference(sums.dbeta, expected.dbias), f64::kExact);
    EXPECT_LT(f64::difference(sums.dgamma, expected.dweight), f64::kExact);
  }
}

}  // namespace
}  // namespace sonograd::kernels
