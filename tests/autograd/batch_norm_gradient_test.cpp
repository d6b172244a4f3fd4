#include <cmath>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/batch_norm.h"
#include "autograd/tape.h"
#include "tensor/random.h"

namespace sonograd {
namespace {

Tensor normal(const Shape& shape, double mean, double deviation, DType dtype) {
  Random random({.seed = 11, .example = static_cast<std::uint32_t>(shape.numel())});
  const Tensor host = Tensor::empty(shape, DType::f64);
  for (double& value : host.span<double>()) value = mean + deviation * static_cast<double>(random.normal());
  return host.to(dtype);
}

TEST(BatchNormGradient, MatchesDifferences) {
  for (const bool training : {true, false}) {
    const auto f = [&](const std::vector<Variable>& v) {
      if (training) return batch_norm(v[0], batch_statistics(v[0].data(), {}), v[1], v[2]);
      return batch_norm(v[0], Tensor::full({3}, 0.2, DType::f64), Tensor::full({3}, 1.7, DType::f64), v[1],
                        v[2]);
    };
    EXPECT_LE(gradient_error(f, {normal({4, 5, 3}, 1, 2, DType::f64), normal({3}, 1, 0.3, DType::f64),
                                 normal({3}, 0, 1, DType::f64)}),
              1e-6)
        << (training ? "training" : "evaluation");
  }
}

TEST(BatchNorm, OutputHasMeanBiasAndDeviationWeight) {
  const std::int64_t channels = 5, rows = 4000;
  const Tensor x = normal({rows, channels}, 300, 0.5, DType::f32);
  const Tensor running_mean = Tensor::zeros({channels}), running_var = Tensor::full({channels}, 1);
  const Tensor y = batch_norm(Variable(x), batch_statistics(x, {running_mean, running_var, 0.1}),
                              Variable(Tensor::full({channels}, 2)), Variable(Tensor::full({channels}, -1)))
                       .data();
  for (std::int64_t c = 0; c < channels; ++c) {
    double sum = 0, squares = 0, x_sum = 0, x_squares = 0;
    for (std::int64_t i = c; i < y.numel(); i += channels)
      sum += y.data<float>()[i], x_sum += x.data<float>()[i];
    for (std::int64_t i = c; i < y.numel(); i += channels) {
      squares += std::pow(y.data<float>()[i] - sum / rows, 2);
      x_squares += std::pow(x.data<float>()[i] - x_sum / rows, 2);
    }
    EXPECT_NEAR(sum / rows, -1, 1e-4);
    EXPECT_NEAR(std::sqrt(squares / rows), 2, 1e-3);
    EXPECT_NEAR(running_mean.data<float>()[c], 0.1 * x_sum / rows, 1e-4);
    EXPECT_NEAR(running_var.data<float>()[c], 0.9 + 0.1 * x_squares / (rows - 1), 1e-6);
  }
}

TEST(BatchNorm, EvaluationUsesRunningStatistics) {
  const Tensor x = Tensor::from<float>(std::vector<float>{1, 2, 3, 4}, {2, 2});
  const Tensor mean = Tensor::from<float>(std::vector<float>{1, 0}, {2});
  const Tensor var = Tensor::from<float>(std::vector<float>{4, 1}, {2});
  const Variable y = batch_norm(Variable(x), mean, var, Variable(Tensor::full({2}, 3)),
                                Variable(Tensor::full({2}, 0.5)), 1e-9);
  const float expected[] = {0.5f, 6.5f, 3.5f, 12.5f};
  for (int i = 0; i < 4; ++i) EXPECT_FLOAT_EQ(y.data().data<float>()[i], expected[i]);
  EXPECT_EQ(mean.data<float>()[0], 1);
}

TEST(BatchNorm, RefusesStatisticsOfOneValue) {
  EXPECT_THROW(batch_statistics(Tensor::zeros({1, 3}), {}), ShapeError);
}

}  // namespace
}  // namespace sonograd
