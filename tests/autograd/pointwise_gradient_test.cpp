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
