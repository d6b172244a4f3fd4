#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/conv1d.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

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
