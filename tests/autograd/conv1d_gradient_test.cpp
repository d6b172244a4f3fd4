#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/conv1d.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

Shape output_of(const Shape& x, const Shape& weight, const Conv1dOptions& options) {
  return conv1d(Variable(Tensor::zeros(x)), Variable(Tensor::zeros(weight)), {}, options).shape();
}

TEST(Conv1d, OutputLength) {
  const auto length = [](std::int64_t t, const Conv1dOptions& options) {
    return output_of({1, t, 1}, {1, 3, 1}, options)[1];
  };
  EXPECT_EQ(length(10, {}), 8);
  EXPECT_EQ(length(10, {.stride = 3}), 3);
  EXPECT_EQ(length(10, {.pad_before = 1, .pad_after = 1}), 10);
  EXPECT_EQ(length(10, {.dilation = 4}), 2);
}

TEST(Conv1d, WrongShapesThrow) {
  EXPECT_THAT(
      [] {
        output_of({1, 9, 2}, {4, 3, 5}, {});
      },
      ThrowsMessage<ShapeError>(HasSubstr("[conv1d] x: expected 5 channels as in weight, got 2")));
  EXPECT_THAT(
      [] {
        output_of({1, 2, 5}, {4, 3, 5}, {});
      },
      ThrowsMessage<ShapeError>(
          HasSubstr("[conv1d] x: expected a padded sequence at least as long as the dilated kernel")));
  EXPECT_THAT(
      [] {
        output_of({1, 2, 5}, {4, 1, 5}, {.stride = 0});
      },
      ThrowsMessage<ShapeError>(HasSubstr("[conv1d] stride")));
}

TEST(Conv1dGradient, EveryOption) {
  const Tensor x = random_tensor({2, 11, 3}, DType::f64), weight = random_tensor({4, 3, 3}, DType::f64, 1);
  const Tensor bias = random_tensor({4}, DType::f64, 2);
  for (const Conv1dOptions& options :
       {Conv1dOptions{}, Conv1dOptions{.stride = 2}, Conv1dOptions{.pad_before = 2, .pad_after = 1},
        Conv1dOptions{.dilation = 3},
        Conv1dOptions{.stride = 3, .pad_before = 1, .pad_after = 4, .dilation = 2}}) {
    const auto convolve = [&](const auto& v) { return conv1d(v[0], v[1], v[2], options); };
    EXPECT_LE(gradient_error(convolve, {x, weight, bias}), 1e-6);
    EXPECT_LE(gradient_error([&](const auto& v) { return conv1d(v[0], v[1], {}, options); }, {x, weight}),
              1e-6);
  }
}

}  // namespace
}  // namespace sonograd
