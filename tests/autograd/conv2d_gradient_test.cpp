#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/conv2d.h"
#include "autograd/tape.h"
#include "tests/support/dot.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

const Conv2dOptions kOptions[] = {
    {},
    {.padding = 1},
    {.stride = {2, 1}, .padding = {2, 0, 1, 1}},
    {.stride = 2, .padding = 2, .dilation = {1, 2}},
};

TEST(Conv2dGradient, EveryOption) {
  const Tensor x = random_tensor({2, 6, 7, 3}, DType::f64);
  const Tensor w = random_tensor({4, 3, 2, 3}, DType::f64, 1);
  const Tensor b = random_tensor({4}, DType::f64, 2);
  for (const Conv2dOptions& options : kOptions) {
    EXPECT_LE(gradient_error([&](const auto& v) { return conv2d(v[0], v[1], v[2], options); }, {x, w, b}),
              1e-6);
  }
}

// <A x, y> = <x, A^T y> = <w, A_w^T y> ties the three directions together, in float32 on the fast kernels.
TEST(Conv2dAdjoint, ForwardAndBothBackwards) {
  const Tensor x = random_tensor({2, 13, 11, 5});
  const Tensor w = random_tensor({7, 3, 3, 5}, DType::f32, 1);
  for (const Conv2dOptions& options : kOptions) {
    const Variable vx(x, true), vw(w, true);
    const Variable y = conv2d(vx, vw, {}, options);
    const Tensor dy = random_tensor(y.shape(), DType::f32, 2);
    backward(y, dy);
    const double forward = dot(y.data(), dy);
    EXPECT_NEAR(dot(x, vx.gradient()), forward, 1e-4 * std::abs(forward) + 1e-3);
    EXPECT_NEAR(dot(w, vw.gradient()), forward, 1e-4 * std::abs(forward) + 1e-3);
  }
}

TEST(Conv2d, ErrorsNameTheShapes) {
  const Variable x(Tensor::zeros({8, 188, 96, 96}));
  try {
    conv2d(x, Variable(Tensor::zeros({64, 3, 3, 128})), {});
    FAIL();
  } catch (const ShapeError& error) {
    EXPECT_STREQ(
        error.what(),
        "[conv2d] x: expected 128 channels as in weight, got 96; x [8, 188, 96, 96], weight [64, 3, 3, 128]");
  }
  EXPECT_THROW(conv2d(x, Variable(Tensor::zeros({1, 200, 1, 96})), {}), ShapeError);
  EXPECT_THROW(conv2d(x, Variable(Tensor::zeros({1, 1, 1, 96})), {}, {.stride = 0}), ShapeError);
}

}  // namespace
}  // namespace sonograd
