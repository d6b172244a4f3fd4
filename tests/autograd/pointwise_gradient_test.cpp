#include <cmath>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/pointwise.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

const RandomKey kKey = {.seed = 3, .stream = RandomStream::dropout};

TEST(PointwiseGradient, FunctionsOfOneTensor) {
  const Tensor x = random_tensor({4, 5}, DType::f64);
  for (const auto function : {relu, sigmoid, sonograd::tanh, gelu, sonograd::exp}) {
    EXPECT_LE(gradient_error([&](const auto& v) { return function(v[0]); }, {x}), 1e-6);
  }
  EXPECT_LE(gradient_error([](const auto& v) { return scale(v[0], -1.5); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([](const auto& v) { return log(exp(v[0])); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([](const auto& v) { return dropout(v[0], 0.4, kKey); }, {x}), 1e-6);
}

TEST(PointwiseGradient, EveryFunctionOfOneTensor) {
  const Tensor x = random_tensor({4, 5}, DType::f64);
  for (double& value : x.span<double>()) value = 0.1 + std::abs(value);  // where all of them are smooth
  for (const kernels::Unary f : kernels::kUnaryFunctions) {
    EXPECT_LE(gradient_error([&](const auto& v) { return unary(f, v[0], 0.7); }, {x}), 1e-6) << name_of(f);
  }
}

TEST(PointwiseGradient, FunctionsThatDifferBelowZero) {
  const Tensor x = random_tensor({4, 5}, DType::f64);
  for (double& value : x.span<double>()) value = -0.1 - std::abs(value);
  for (const auto function : {elu, selu, leaky_relu, softplus, hard_sigmoid}) {
    EXPECT_LE(gradient_error([&](const auto& v) { return function(v[0]); }, {x}), 1e-6);
  }
}

TEST(PointwiseGradient, FunctionsOfTwoTensorsThatBroadcast) {
  const std::pair<Shape, Shape> pairs[] = {{{2, 3, 4}, {2, 3, 4}},
                                           {{2, 3, 2, 4}, {2, 1, 1, 4}},
                                           {{2, 3, 2, 4}, {2, 3, 1, 4}},
                                           {{2, 3, 2, 4}, {1, 3, 1, 1}},
                                           {{3, 4}, {}},
                                           {{3, 1}, {1, 4}},
                                           {{2, 1, 4}, {5, 2, 3, 1}},
                                           {{1}, {3}},
                                           {{2, 3}, {4, 2, 3}}};
  for (const auto& [first, second] : pairs) {
    SCOPED_TRACE(concat(first, second));
    const Tensor a = random_tensor(first, DType::f64), b = random_tensor(second, DType::f64, 1);
    for (double& value : b.span<double>()) value = 1.5 + std::tanh(value);  // away from zero: a divisor
    for (const auto function : {add, sub, mul, sonograd::div}) {
      EXPECT_LE(gradient_error([&](const auto& v) { return function(v[0], v[1]); }, {a, b}), 1e-6);
      EXPECT_LE(gradient_error([&](const auto& v) { return function(v[0], v[1]); }, {b, b}), 1e-6);
    }
  }
}

TEST(PointwiseGradient, FunctionsOfTwoTensors) {
  const Tensor a = random_tensor({2, 3, 4}, DType::f64);
  for (const Shape& shape : {Shape{2, 3, 4}, Shape{3, 4}, Shape{4}, Shape{}}) {
    const Tensor b = random_tensor(shape, DType::f64, 1);
    EXPECT_LE(gradient_error([](const auto& v) { return add(v[0], v[1]); }, {a, b}), 1e-6) << shape;
    EXPECT_LE(gradient_error([](const auto& v) { return mul(v[0], v[1]); }, {a, b}), 1e-6) << shape;
  }
  EXPECT_LE(gradient_error([](const auto& v) { return mul(v[0], v[0]); }, {a}), 1e-6)
      << "both factors the same";
  EXPECT_LE(gradient_error([](const auto& v) { return add(v[0], v[0]); }, {a}), 1e-6);
}

}  // namespace
}  // namespace sonograd
