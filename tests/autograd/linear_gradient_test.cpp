#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "autograd/gradient_check.h"
#include "autograd/ops/linear.h"
#include "autograd/ops/matmul.h"
#include "autograd/tape.h"
#include "kernels/core/profile.h"
#include "tests/support/devices.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

TEST(LinearGradient, WithAndWithoutBias) {
  const Tensor x = random_tensor({2, 3, 5}, DType::f64), weight = random_tensor({4, 5}, DType::f64, 1);
  const Tensor bias = random_tensor({4}, DType::f64, 2);
  EXPECT_LE(gradient_error([](const auto& v) { return linear(v[0], v[1], v[2]); }, {x, weight, bias}), 1e-6);
  EXPECT_LE(gradient_error([](const auto& v) { return linear(v[0], v[1], {}); }, {x, weight}), 1e-6);
}

TEST(LinearGradient, MatmulWithEveryTranspose) {
  for (const bool transpose_a : {false, true}) {
    for (const bool transpose_b : {false, true}) {
      const Tensor a = random_tensor(transpose_a ? Shape{2, 5, 3} : Shape{2, 3, 5}, DType::f64);
      const Tensor b = random_tensor(transpose_b ? Shape{2, 4, 5} : Shape{2, 5, 4}, DType::f64, 1);
      for (const double alpha : {1.0, -0.3}) {
        const auto product = [&](const auto& v) {
          return matmul(v[0], v[1], {transpose_a, transpose_b, alpha});
        };
        EXPECT_LE(gradient_error(product, {a, b}), 1e-6) << transpose_a << transpose_b << alpha;
      }
    }
  }
}

TEST(LinearGradient, MatmulOfTwoBatchAxes) {
  const Tensor q = random_tensor({2, 3, 5, 4}, DType::f64), k = random_tensor({2, 3, 6, 4}, DType::f64, 1);
  const Tensor v = random_tensor({2, 3, 6, 4}, DType::f64, 2);
  const auto attention = [](const auto& x) {
    return matmul(matmul(x[0], x[1], {.transpose_b = true, .alpha = 0.5}), x[2]);
  };
  EXPECT_LE(gradient_error(attention, {q, k, v}), 1e-6);
}

// The bias is part of the product, and its gradient one sum of columns: no op beside them.
TEST(Linear, RunsOneOpForwardAndThreeBackward) {
  for (const Device device : test::all_devices()) {
    const auto parameter = [&](const Shape& shape) {
      return Variable(random_tensor(shape).to(device), true);
    };
    const Variable x = parameter({6, 5}), weight = parameter({4, 5}), bias = parameter({4});
    const Tensor seed = random_tensor({6, 4}).to(device);
    kernels::start_profile();
    backward(linear(x, weight, bias), seed);
    std::map<std::string_view, std::int64_t> calls;
    for (const auto& sum : kernels::finish_profile().sums) {
      if (sum.label.kind == kernels::RangeKind::op) calls[sum.label.name] += sum.calls;
    }
    EXPECT_EQ(calls, (std::map<std::string_view, std::int64_t>{{"gemm", 3}, {"reduce_sum", 1}})) << device;
  }
}

TEST(Linear, WrongShapesThrow) {
  const Variable x(Tensor::zeros({2, 3})), weight(Tensor::zeros({4, 5}));
  EXPECT_THAT([&] { linear(x, weight, {}); },
              testing::ThrowsMessage<ShapeError>(testing::HasSubstr("[linear] weight expects [out, in]")));
  EXPECT_THAT([&] { matmul(x, weight); }, testing::ThrowsMessage<ShapeError>(testing::HasSubstr(
                                              "[gemm] b: expected 3 rows, got 4; a [2, 3], b [4, 5]")));
}

}  // namespace
}  // namespace sonograd
