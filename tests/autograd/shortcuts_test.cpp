// Identities that let kernels skip work: the long way (convolution, batch norm, ReLU, pooling, one after the other, and
// back) against a short one, in double.
#include <algorithm>
#include <array>
#include <cmath>
#include <gtest/gtest.h>

#include "autograd/ops/batch_norm.h"
#include "autograd/ops/conv2d.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "autograd/tape.h"
#include "kernels/batch_norm/batch_norm.h"
#include "tests/support/dot.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

constexpr double kEps = 1e-5, kRounding = 1e-11;
constexpr std::int64_t kPool = 2;

Tensor normal(const Shape& shape, std::uint32_t which) {
  return random_tensor(shape, DType::f64, which);
}
Variable leaf(const Tensor& value) {
  return Variable(value, true);
}
double at(const Tensor& tensor, std::int64_t i) {
  return tensor.data<double>()[i];
}

void expect_equal(const Tensor& actual, const Tensor& expected) {
  ASSERT_EQ(actual.shape(), expected.shape());
  for (std::int64_t i = 0; i < expected.numel(); ++i) {
    EXPECT_NEAR(at(actual, i), at(expected, i), kRounding * (1 + std::abs(at(expected, i)))) << i;
  }
}

Variable normalised(const Variable& x, const Variable& weight, const Variable& bias) {
  const Tensor unused_mean = Tensor::zeros({x.shape()[-1]}, DType::f64), unused_var = unused_mean.clone();
  return batch_norm(x, weight, bias, unused_mean, unused_var, true, 0.1, kEps);
}

struct Statistics {
  explicit Statistics(const Tensor& y)
      : mean(Tensor::empty({y.shape()[-1]}, DType::f64)), inv_std(mean.clone()) {
    kernels::batch_norm_statistics(kernels::BatchNormProblem::make(y.shape(), DType::f64), y, kEps, mean,
                                   inv_std);
  }
  Tensor mean, inv_std;
};

// Of every window of y [N, T, F, C] the largest value where weight > 0, the smallest where weight < 0, else the first; and
// which of the N T F positions it has.
struct PooledExtrema {
  PooledExtrema(const Tensor& y, const Tensor& weight) : channels(y.shape()[3]) {
    const Shape& s = y.shape();
    value = Tensor::empty({s[0], s[1] / kPool, s[2] / kPool, channels}, DType::f64);
    for (std::int64_t i = 0; i < value.numel(); ++i) {
      const std::int64_t c = i % channels, f = i / channels % value.shape()[2];
      const std::int64_t t = i / channels / value.shape()[2] % value.shape()[1];
      const std::int64_t n = i / channels / value.shape()[2] / value.shape()[1];
      const std::int64_t first = (n * s[1] + kPool * t) * s[2] + kPool * f;
      std::int64_t best = first;
      for (const std::int64_t other : {first + 1, first + s[2], first + s[2] + 1}) {
        if (at(weight, c) * (at(y, other * channels + c) - at(y, best * channels + c)) > 0) best = other;
      }
      value.data<double>()[i] = at(y, best * channels + c);
      positions.push_back(best);
    }
  }

  Tensor value;
  std::int64_t channels;
  std::vector<std::int64_t> positions;  // of each value
};

// A block of a network with channels that grow, shrink and stop at the normalisation, and the gradient of its output.
struct Block {
  Variable x{normal({2, 7, 9, 1}, 0)}, w = leaf(normal({3, 3, 3, 1}, 1)), b{normal({3}, 2)};
  Variable gamma = leaf(Tensor::from(std::vector{0.7, -1.2, 0.0}, {3}));
  Variable beta = leaf(Tensor::from(std::vector{0.2, 0.4, 0.3}, {3}));
  Variable y = conv2d(x, w, b, {.padding = 1});
  Statistics statistics{y.data()};
  PooledExtrema extrema{y.data(), gamma.data()};
  Tensor dout = normal(extrema.value.shape(), 3);

  double scaled(std::int64_t i) const {  // what the normalisation makes of extremum i before weight and bias
    const std::int64_t c = i % extrema.channels;
    return (at(extrema.value, i) - at(statistics.mean, c)) * at(statistics.inv_std, c);
  }
  double affine(std::int64_t i) const {
    const std::int64_t c = i % extrema.channels;
    return at(gamma.data(), c) * scaled(i) + at(beta.data(), c);
  }
  // The gradient that reaches the normalisation's output, where extremum i is; it is zero everywhere else.
  double dz(std::int64_t i) const { return affine(i) > 0 ? at(dout, i) : 0; }
  void run_backward() const { backward(max_pool2d(relu(normalised(y, gamma, beta)), kPool), dout); }
};

TEST(Shortcuts, PoolingBeforeTheNormalisation) {
  const Block block;
  const Variable expected = max_pool2d(relu(normalised(block.y, block.gamma, block.beta)), kPool);
  const Tensor actual = expected.data().clone();
  for (std::int64_t i = 0; i < actual.numel(); ++i) actual.data<double>()[i] = std::max(0.0, block.affine(i));
  expect_equal(actual, expected.data());
}

TEST(Shortcuts, PoolingBeforeReluAndNormalisation) {
  const Block block;
  const Variable positive = relu(block.y);
  const Variable expected = max_pool2d(normalised(positive, block.gamma, block.beta), kPool);
  const Statistics statistics(positive.data());
  const Tensor actual = expected.data().clone();
  for (std::int64_t i = 0; i < actual.numel(); ++i) {
    const std::int64_t c = i % 3;
    const double extremum = std::max(0.0, at(block.extrema.value, i));
    actual.data<double>()[i] =
        at(block.gamma.data(), c) * (extremum - at(statistics.mean, c)) * at(statistics.inv_std, c) +
        at(block.beta.data(), c);
  }
  expect_equal(actual, expected.data());
}

TEST(Shortcuts, SumsOfTheNormalisationsGradientFromPooledData) {
  const Block block;
  block.run_backward();
  const Tensor dbeta = Tensor::zeros({3}, DType::f64), dgamma = Tensor::zeros({3}, DType::f64);
  for (std::int64_t i = 0; i < block.dout.numel(); ++i) {
    dbeta.data<double>()[i % 3] += block.dz(i);
    dgamma.data<double>()[i % 3] += block.dz(i) * block.scaled(i);
  }
  expect_equal(dbeta, block.beta.gradient());
  expect_equal(dgamma, block.gamma.gradient());
}

// The nine inputs under the kernel at a position of the block's map.
std::array<double, 9> patch(const Block& block, std::int64_t position) {
  const Shape& s = block.x.shape();
  const std::int64_t f = position % s[2], t = position / s[2] % s[1];
  std::array<double, 9> values{};
  for (std::int64_t k = 0; k < 9; ++k) {
    const std::int64_t dt = k / 3 - 1, df = k % 3 - 1;
    const bool inside = t + dt >= 0 && t + dt < s[1] && f + df >= 0 && f + df < s[2];
    if (inside) values[static_cast<std::size_t>(k)] = at(block.x.data(), position + dt * s[2] + df);
  }
  return values;
}

// Sums over all positions: of patches, and of their products.
struct Gram {
  explicit Gram(const Block& block) : positions(block.x.data().numel()) {
    for (std::int64_t m = 0; m < positions; ++m) {
      const auto p = patch(block, m);
      for (std::size_t i = 0; i < 9; ++i) {
        sums[i] += p[i];
        for (std::size_t j = 0; j < 9; ++j) products[i][j] += p[i] * p[j];
      }
    }
  }
  std::int64_t positions;
  std::array<double, 9> sums{};
  std::array<std::array<double, 9>, 9> products{};
};

double inner(const double* w, const std::array<double, 9>& values) {
  double sum = 0;
  for (std::size_t k = 0; k < 9; ++k) sum += w[k] * values[k];
  return sum;
}

TEST(Shortcuts, StatisticsOfAFirstLayerFromItsPatches) {
  const Block block;
  const Gram gram(block);
  const auto m = static_cast<double>(gram.positions);
  for (std::int64_t c = 0; c < 3; ++c) {
    const double* w = block.w.data().data<double>() + 9 * c;
    const double mean = inner(w, gram.sums) / m;
    double square = 0;
    for (std::size_t k = 0; k < 9; ++k) square += w[k] * inner(w, gram.products[k]) / m;
    EXPECT_NEAR(mean + at(block.b.data(), c), at(block.statistics.mean, c), kRounding);
    EXPECT_NEAR(1 / std::sqrt(square - mean * mean + kEps), at(block.statistics.inv_std, c), kRounding);
  }
}

TEST(Shortcuts, WeightGradientOfAFirstLayerFromItsPatches) {
  const Block block;
  block.run_backward();
  const Gram gram(block);
  const auto m = static_cast<double>(gram.positions);
  const Tensor dw = Tensor::empty(block.w.shape(), DType::f64);
  for (std::int64_t c = 0; c < 3; ++c) {
    const double* w = block.w.data().data<double>() + 9 * c;
    const double inv_std = at(block.statistics.inv_std, c), mean = inner(w, gram.sums) / m;
    const double dgamma = at(block.gamma.gradient(), c), dbeta = at(block.beta.gradient(), c);
    std::array<double, 9> sparse{};  // over the pooled positions only
    for (std::int64_t i = c; i < block.dout.numel(); i += 3) {
      const auto p = patch(block, block.extrema.positions[static_cast<std::size_t>(i)]);
      for (std::size_t k = 0; k < 9; ++k) sparse[k] += block.dz(i) * p[k];
    }
    for (std::size_t k = 0; k < 9; ++k) {
      const double scaled_sum = (inner(w, gram.products[k]) - mean * gram.sums[k]) * inv_std;
      dw.data<double>()[9 * c + static_cast<std::int64_t>(k)] =
          at(block.gamma.data(), c) * inv_std *
          (sparse[k] - dbeta / m * gram.sums[k] - dgamma / m * scaled_sum);
    }
  }
  expect_equal(dw, block.w.gradient());
}

// The gradients of a normalisation of the input are products of the weights with weight gradients: of the normalised
// input, and of ones inside the map. No gradient of the input is needed.
TEST(Shortcuts, GradientOfANormalisedInput) {
  const Variable x(normal({2, 5, 6, 1}, 4)), w = leaf(normal({4, 3, 3, 1}, 5));
  const Variable gamma = leaf(Tensor::full({1}, 1.3, DType::f64)),
                 beta = leaf(Tensor::full({1}, -0.4, DType::f64));
  const Tensor dy = normal({2, 5, 6, 4}, 6);
  backward(conv2d(normalised(x, gamma, beta), w, {}, {.padding = 1}), dy);

  const auto weight_gradient_of = [&](const Tensor& input) {
    const Variable weight = leaf(w.data());
    backward(conv2d(Variable(input), weight, {}, {.padding = 1}), dy);
    return weight.gradient();
  };
  const Variable one(Tensor::full({1}, 1, DType::f64)), zero(Tensor::zeros({1}, DType::f64));
  const Tensor scaled = normalised(x, one, zero).data(), inside = Tensor::full(x.shape(), 1, DType::f64);
  EXPECT_NEAR(gamma.gradient().item(), dot(w.data(), weight_gradient_of(scaled)), kRounding);
  EXPECT_NEAR(beta.gradient().item(), dot(w.data(), weight_gradient_of(inside)), kRounding);
}

TEST(Shortcuts, TwoConvolutionsOfOneInputAreOne) {
  const Conv2dOptions options = {.stride = 2, .padding = 1};
  const Variable x = leaf(normal({2, 7, 6, 3}, 7)), same_x = leaf(x.data());
  const Variable first(normal({4, 3, 3, 3}, 8)), second(normal({2, 3, 3, 3}, 9));
  const Variable apart = concat({conv2d(x, first, {}, options), conv2d(x, second, {}, options)}, 3);
  const Variable together = conv2d(same_x, concat({first, second}, 0), {}, options);
  expect_equal(together.data(), apart.data());

  const Tensor dy = normal(apart.shape(), 10);
  backward(apart, dy);
  backward(together, dy);
  expect_equal(same_x.gradient(), x.gradient());
}

TEST(Shortcuts, ABiasBeforeANormalisationDoesNothing) {
  const Variable x(normal({3, 4, 5, 2}, 11)), w(normal({3, 3, 3, 2}, 12)), bias = leaf(normal({3}, 13));
  const Variable gamma(normal({3}, 14)), beta(normal({3}, 15));
  const Variable with = conv2d(x, w, bias), without = conv2d(x, w, {});
  const Variable y = normalised(with, gamma, beta);
  expect_equal(y.data(), normalised(without, gamma, beta).data());
  backward(y, normal(y.shape(), 16));
  for (std::int64_t c = 0; c < 3; ++c) EXPECT_NEAR(at(bias.gradient(), c), 0, kRounding);

  // With averages that were taken without the bias, it belongs to the average of the mean.
  const Tensor mean = normal({3}, 17), var = Tensor::full({3}, 2, DType::f64), moved = mean.clone();
  for (std::int64_t c = 0; c < 3; ++c) moved.data<double>()[c] += at(bias.data(), c);
  expect_equal(batch_norm(with, gamma, beta, moved, var, false).data(),
               batch_norm(without, gamma, beta, mean, var, false).data());
}

}  // namespace
}  // namespace sonograd
