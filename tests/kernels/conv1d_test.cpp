#include "kernels/conv1d/conv1d.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/dot.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Conv1d, GradientsAreAdjoints) {
  const auto p = Conv1dProblem::make({2, 13, 5}, {3, 4, 5}, {.stride = 2, .pad_before = 1, .pad_after = 3});
  const Tensor x = random_tensor(p.input_shape()), weight = random_tensor(p.weight_shape(), DType::f32, 1);
  const Tensor dy = random_tensor(p.output_shape(), DType::f32, 2);
  const Tensor y = Tensor::empty(p.output_shape()), dx = Tensor::empty(p.input_shape());
  const Tensor dw = Tensor::empty(p.weight_shape());
  conv1d_forward(p, x, weight, {}, set(y));
  conv1d_backward_data(p, dy, weight, set(dx));
  conv1d_backward_weight(p, x, dy, set(dw));
  EXPECT_NEAR(dot(y, dy), dot(x, dx), 1e-4);
  EXPECT_NEAR(dot(y, dy), dot(weight, dw), 1e-4);
}

TEST(Conv1d, OutputLength) {
  const auto length = [](std::int64_t t, const Conv1dOptions& options) {
    return Conv1dProblem::make({1, t, 1}, {1, 3, 1}, options).out_t;
  };
  EXPECT_EQ(length(10, {}), 8);
  EXPECT_EQ(length(10, {.stride = 3}), 3);
  EXPECT_EQ(length(10, {.pad_before = 1, .pad_after = 1}), 10);
  EXPECT_EQ(length(10, {.dilation = 4}), 2);
}

TEST(Conv1d, WrongShapesThrow) {
  EXPECT_THAT(
      [] {
        Conv1dProblem::make({1, 9, 2}, {4, 3, 5}, {});
      },
      ThrowsMessage<ShapeError>(HasSubstr("[conv1d] weight wants 5 input channels, x has 2")));
  EXPECT_THAT(
      [] {
        Conv1dProblem::make({1, 2, 5}, {4, 3, 5}, {});
      },
      ThrowsMessage<ShapeError>(HasSubstr("[conv1d] the sequence is shorter than the kernel")));
  EXPECT_THAT(
      [] {
        Conv1dProblem::make({1, 2, 5}, {4, 1, 5}, {.stride = 0});
      },
      ThrowsMessage<ShapeError>(HasSubstr("[conv1d] stride")));
}

}  // namespace
}  // namespace sonograd::kernels
