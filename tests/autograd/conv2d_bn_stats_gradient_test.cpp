#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/bn_relu_pool.h"
#include "autograd/ops/conv2d_bn_stats.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

const Conv2dOptions kStrided = {.stride = {2, 1}, .padding = 1};

Tensor normal(const Shape& shape, std::uint32_t which = 0) {
  return random_tensor(shape, DType::f64, which);
}

// Through a convolution, its statistics and the normalisation with them, which computes the gradient of the
// statistics.
TEST(Conv2dBnStatsGradient, MatchesDifferences) {
  const auto block = [](const std::vector<Variable>& v) {
    return conv2d_bn_stats(v[0], v[1], v[2], kStrided, {});
  };
  const std::vector<Tensor> inputs = {normal({2, 7, 5, 3}), normal({4, 3, 3, 3}), normal({4}, 1),
                                      normal({4}, 2), normal({4}, 3)};
  const auto norm = [&](const std::vector<Variable>& v) {
    const auto [y, statistics] = block(v);
    return batch_norm(y, statistics, v[3], v[4]);
  };
  const auto pooled = [&](const std::vector<Variable>& v) {
    const auto [y, statistics] = block(v);
    return bn_relu_pool(y, statistics, v[3], v[4], {2, 2});
  };
  EXPECT_LE(gradient_error(norm, inputs), 1e-6);
  EXPECT_LE(gradient_error(pooled, inputs), 1e-6);
}

TEST(Conv2dBnStats, MovesTheRunningStatisticsLikeBatchNorm) {
  const Variable x(random_tensor({2, 9, 8, 3})), weight(random_tensor({4, 3, 3, 3})),
      bias(random_tensor({4}, DType::f32, 1));
  const Tensor fused_mean = Tensor::zeros({4}), fused_var = Tensor::full({4}, 1);
  const Tensor mean = Tensor::zeros({4}), var = Tensor::full({4}, 1);
  const auto fused = conv2d_bn_stats(x, weight, bias, kStrided, {fused_mean, fused_var, 0.3});
  const Variable y = conv2d(x, weight, bias, kStrided);
  const BatchStatistics plain = batch_statistics(y.data(), {mean, var, 0.3});
  for (int c = 0; c < 4; ++c) {
    EXPECT_EQ(fused.statistics.mean.data<float>()[c], plain.mean.data<float>()[c]);
    EXPECT_EQ(fused.statistics.inv_std.data<float>()[c], plain.inv_std.data<float>()[c]);
    EXPECT_EQ(fused_mean.data<float>()[c], mean.data<float>()[c]);
    EXPECT_EQ(fused_var.data<float>()[c], var.data<float>()[c]);
    EXPECT_NE(mean.data<float>()[c], 0);
  }
}

TEST(Conv2dBnStats, RefusesStatisticsOfOneValue) {
  const Variable x(Tensor::zeros({1, 3, 3, 2})), weight(Tensor::zeros({4, 3, 3, 2}));
  EXPECT_THROW(conv2d_bn_stats(x, weight, {}, {}, {}), ShapeError);
}

}  // namespace
}  // namespace sonograd
