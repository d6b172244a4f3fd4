#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/linear.h"
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
      const auto product = [&](const auto& v) { return matmul(v[0], v[1], {transpose_a, transpose_b}); };
      EXPECT_LE(gradient_error(product, {a, b}), 1e-6) << transpose_a << transpose_b;
    }
  }
}

TEST(Linear, WrongShapesThrow) {
  const Variable x(Tensor::zeros({2, 3})), weight(Tensor::zeros({4, 5}));
  EXPECT_THAT([&] { linear(x, weight, {}); },
              testing::ThrowsMessage<ShapeError>(testing::HasSubstr("[linear] weight wants [out, in]")));
  EXPECT_THAT([&] { matmul(x, weight); }, testing::ThrowsMessage<ShapeError>(testing::HasSubstr(
                                              "[gemm] b wants 3 rows, has 4; a [2, 3], b [4, 5]")));
}

}  // namespace
}  // namespace sonograd
