#include "kernels/layer_norm/layer_norm.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/dot.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

TEST(LayerNorm, RowsHaveMeanZeroAndVarianceOne) {
  const Tensor x = random_tensor({3, 257}), y = Tensor::empty(x.shape());
  const Tensor mean = Tensor::empty({3}), inv_std = Tensor::empty({3}), ones = Tensor::full({1, 257}, 1);
  for (float& value : x.span<float>()) value = 5 * value + 100;
  layer_norm_forward(LayerNormProblem::make(x.shape(), 1e-5), x, Tensor::full({257}, 1), Tensor::zeros({257}),
                     set(y), mean, inv_std);
  for (std::int64_t row = 0; row < 3; ++row) {
    const Tensor values = y.rows(row, 1);
    EXPECT_NEAR(dot(values, ones) / 257, 0, 1e-5);
    EXPECT_NEAR(dot(values, values) / 257, 1, 1e-5);
    const Tensor before = x.rows(row, 1);
    const double average = dot(before, ones) / 257, squares = dot(before, before) / 257;
    EXPECT_NEAR(mean.data<float>()[row], average, 1e-4);
    EXPECT_NEAR(inv_std.data<float>()[row], 1 / std::sqrt(squares - average * average + 1e-5), 1e-6);
  }
}

TEST(LayerNorm, WrongInputsThrow) {
  EXPECT_THAT(
      [] {
        LayerNormProblem::make({2, 0}, 1e-5);
      },
      testing::ThrowsMessage<ShapeError>(testing::HasSubstr("[layer_norm] x: expected [..., D]")));
  EXPECT_THAT(
      [] {
        LayerNormProblem::make({2, 3}, 0);
      },
      testing::ThrowsMessage<ConfigError>(testing::HasSubstr("[layer_norm] eps: expected a number above 0")));
}

}  // namespace
}  // namespace sonograd::kernels
