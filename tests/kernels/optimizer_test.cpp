// Fifty steps of every rule against PyTorch's update formulas written out for one number.
#include "kernels/optimizer/optimizer.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>

#include "tensor/tensor.h"

namespace sonograd::kernels {
namespace {

// Minimises (x - 3)^2 / 2 + sin(5 x) from x = -1: a gradient that changes sign and size.
double gradient_at(double x) {
  return x - 3 + 5 * std::cos(5 * x);
}

double run_kernel(const OptimizerOptions& options, DType dtype) {
  const Tensor value = Tensor::full({1}, -1, dtype), gradient = Tensor::zeros({1}, dtype);
  const Tensor first = Tensor::zeros({1}, dtype), second = Tensor::zeros({1}, dtype);
  const OptimizedParameter parameter{value, gradient, first, second};
  for (int step = 1; step <= 50; ++step) {
    gradient.copy_from(Tensor::full({1}, gradient_at(value.item()), dtype));
    optimizer_step(options, step, {&parameter, 1});
  }
  return value.item();
}

void expect_same(const OptimizerOptions& options, const std::function<double(int, double, double)>& update) {
  double x = -1;
  for (int step = 1; step <= 50; ++step) x = update(step, x, gradient_at(x));
  EXPECT_NEAR(run_kernel(options, DType::f64), x, 1e-12);
  EXPECT_NEAR(run_kernel(options, DType::f32), x, 2e-5);
}

TEST(Optimizer, Sgd) {
  expect_same({.rule = OptimizerRule::sgd, .lr = 0.01, .l2 = 0.1, .l1 = 0.02},
              [](int, double x, double g) { return x - 0.01 * (g + 0.1 * x + 0.02 * (x > 0 ? 1 : -1)); });
}

TEST(Optimizer, SgdWithMomentum) {
  double buffer = 0;
  expect_same({.rule = OptimizerRule::sgd, .lr = 0.005, .momentum = 0.9}, [&](int step, double x, double g) {
    buffer = step == 1 ? g : 0.9 * buffer + g;
    return x - 0.005 * buffer;
  });
}

TEST(Optimizer, SgdWithNesterovMomentum) {
  double buffer = 0;
  expect_same({.rule = OptimizerRule::sgd, .lr = 0.005, .momentum = 0.9, .nesterov = true, .l2 = 0.1},
              [&](int step, double x, double g) {
                g += 0.1 * x;
                buffer = step == 1 ? g : 0.9 * buffer + g;
                return x - 0.005 * (g + 0.9 * buffer);
              });
}

TEST(Optimizer, Adam) {
  double m = 0, v = 0;
  expect_same({.rule = OptimizerRule::adam, .lr = 0.02, .l2 = 0.1}, [&](int step, double x, double g) {
    g += 0.1 * x;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double denominator = std::sqrt(v) / std::sqrt(1 - std::pow(0.999, step)) + 1e-8;
    return x - 0.02 / (1 - std::pow(0.9, step)) * m / denominator;
  });
}

TEST(Optimizer, AdamWDecaysTheValueNotTheGradient) {
  double m = 0, v = 0;
  expect_same({.rule = OptimizerRule::adamw, .lr = 0.02, .decay = 0.3}, [&](int step, double x, double g) {
    x *= 1 - 0.02 * 0.3;
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double denominator = std::sqrt(v) / std::sqrt(1 - std::pow(0.999, step)) + 1e-8;
    return x - 0.02 / (1 - std::pow(0.9, step)) * m / denominator;
  });
}

TEST(Optimizer, RmsProp) {
  double v = 0;
  expect_same({.rule = OptimizerRule::rmsprop, .lr = 0.01}, [&](int, double x, double g) {
    v = 0.99 * v + 0.01 * g * g;
    return x - 0.01 * g / (std::sqrt(v) + 1e-8);
  });
}

TEST(Optimizer, RmsPropWithMomentum) {
  double v = 0, buffer = 0;
  expect_same({.rule = OptimizerRule::rmsprop, .lr = 0.005, .momentum = 0.5, .alpha = 0.9},
              [&](int, double x, double g) {
                v = 0.9 * v + 0.1 * g * g;
                buffer = 0.5 * buffer + g / (std::sqrt(v) + 1e-8);
                return x - 0.005 * buffer;
              });
}

TEST(Optimizer, RefusesWhatDoesNotFit) {
  const Tensor x = Tensor::zeros({3}), short_one = Tensor::zeros({2});
  const OptimizedParameter unlike{x, short_one, x, x}, no_state{x, x, {}, {}};
  EXPECT_THROW(optimizer_step({}, 1, {&unlike, 1}), ShapeError);
  EXPECT_THROW(optimizer_step({}, 1, {&no_state, 1}), ShapeError);
  EXPECT_THROW(optimizer_step({}, 0, {&no_state, 1}), ConfigError);
  EXPECT_NO_THROW(optimizer_step({.rule = OptimizerRule::sgd}, 1, {&no_state, 1}));
  const Tensor half = Tensor::zeros({3}, DType::bf16);
  const OptimizedParameter stored_in_half{half, half, x, x};
  EXPECT_NO_THROW(optimizer_step({}, 1, {&stored_in_half, 1}));
  for (const OptimizedParameter& mixed :
       {OptimizedParameter{half, half, half, x}, {half, half, x, half}, {half, x, x, x}, {x, half, x, x}}) {
    EXPECT_THROW(optimizer_step({}, 1, {&mixed, 1}), DTypeError);
  }
  for (const OptimizerOptions& wrong :
       {OptimizerOptions{.lr = -1}, OptimizerOptions{.lr = std::nan("")}, OptimizerOptions{.beta2 = 1},
        OptimizerOptions{.momentum = -0.1}, OptimizerOptions{.eps = 0}, OptimizerOptions{.decay = -1}}) {
    const OptimizedParameter whole{x, x, x, x};
    EXPECT_THROW(optimizer_step(wrong, 1, {&whole, 1}), ConfigError);
  }
}

}  // namespace
}  // namespace sonograd::kernels
