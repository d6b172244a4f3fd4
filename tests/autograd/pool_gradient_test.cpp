#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/pool.h"
#include "autograd/tape.h"
#include "kernels/pool/pool.h"
#include "tensor/random.h"

namespace sonograd {
namespace {

// All values differ by far more than the step of the differences: no window has a tie near.
Tensor without_ties(const Shape& shape) {
  const Tensor x = Tensor::empty(shape, DType::f64);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    x.data<double>()[i] = static_cast<double>(i * 7919 % 10007) / 10007.0;
  }
  return x;
}

TEST(PoolGradient, MatchesDifferences) {
  const auto expect_gradient = [](const char* name, const Shape& shape, auto f) {
    EXPECT_LE(gradient_error([&](const auto& v) { return f(v[0]); }, {without_ties(shape)}), 1e-6) << name;
  };
  expect_gradient("max", {2, 9, 7, 3}, [](const Variable& x) { return max_pool2d(x, {4, 2}); });
  expect_gradient("max, overlapping", {2, 9, 7, 3}, [](const Variable& x) {
    return max_pool2d(x, 3, {2, 1});
  });
  expect_gradient("max over time", {2, 10, 5}, [](const Variable& x) { return max_pool1d(x, 3); });
  expect_gradient("avg", {2, 9, 7, 3}, [](const Variable& x) { return avg_pool2d(x, {4, 2}); });
  expect_gradient("avg, overlapping", {2, 9, 7, 3}, [](const Variable& x) {
    return avg_pool2d(x, 3, {2, 1});
  });
  expect_gradient("avg over time", {2, 10, 5}, [](const Variable& x) { return avg_pool1d(x, 3, 2); });
}

TEST(PoolGradient, FirstMaximumWins) {
  const Variable x(Tensor::full({1, 2, 2, 1}, 3.0), true);
  backward(max_pool2d(x, 2));
  EXPECT_THAT(x.gradient().span<float>(), testing::ElementsAre(1, 0, 0, 0));
}

TEST(Pool, AverageBackwardIsTheAdjoint) {
  const auto p = kernels::PoolProblem::make({2, 11, 9, 5}, {3, 2}, {2, 3});
  Random random({.seed = 3});
  const auto draw = [&](const Shape& shape) {
    const Tensor t = Tensor::empty(shape);
    for (float& value : t.span<float>()) value = random.uniform(-1, 1);
    return t;
  };
  const Tensor x = draw(p.input_shape()), dy = draw(p.output_shape());
  const Tensor y = Tensor::empty(p.output_shape()), dx = Tensor::empty(p.input_shape());
  kernels::avg_pool_forward(p, x, set(y));
  kernels::avg_pool_backward(p, dy, set(dx));
  const auto dot = [](const Tensor& a, const Tensor& b) {
    double sum = 0;
    for (std::int64_t i = 0; i < a.numel(); ++i)
      sum += double(a.data<float>()[i]) * double(b.data<float>()[i]);
    return sum;
  };
  EXPECT_NEAR(dot(y, dy), dot(x, dx), 1e-5);
}

TEST(Pool, RefusesWhatDoesNotFit) {
  EXPECT_THROW(kernels::PoolProblem::make({2, 3, 4, 5}, {4, 1}, 1), ShapeError);
  EXPECT_THROW(kernels::PoolProblem::make({2, 3, 4, 5}, 1, 0), ShapeError);
  EXPECT_THROW(kernels::PoolProblem::make({2, 3}, 1, 1), ShapeError);
}

}  // namespace
}  // namespace sonograd
