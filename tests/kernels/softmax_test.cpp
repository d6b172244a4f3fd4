#include "kernels/softmax/softmax.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

Tensor softmax(const Tensor& x, bool log = false) {
  const Tensor y = Tensor::empty(x.shape());
  softmax_forward(SoftmaxProblem::make(x.shape(), log), x, set(y));
  return y;
}

TEST(Softmax, RowsSumToOne) {
  const Tensor y = softmax(random_tensor({9, 37}));
  for (std::int64_t row = 0; row < 9; ++row) {
    double sum = 0;
    for (std::int64_t i = 0; i < 37; ++i) sum += y.data<float>()[row * 37 + i];
    EXPECT_NEAR(sum, 1, 1e-6);
  }
}

TEST(Softmax, ShiftsChangeNothingAndLargeValuesDoNotOverflow) {
  const Tensor x = Tensor::from<float>({1, 2, 4}, {3}),
               shifted = Tensor::from<float>({1001, 1002, 1004}, {3});
  const Tensor y = softmax(x), z = softmax(shifted);
  for (int i = 0; i < 3; ++i) EXPECT_FLOAT_EQ(y.data<float>()[i], z.data<float>()[i]);
}

TEST(Softmax, LogIsTheLogarithm) {
  const Tensor x = random_tensor({4, 11});
  const Tensor y = softmax(x), z = softmax(x, true);
  for (std::int64_t i = 0; i < x.numel(); ++i)
    EXPECT_NEAR(std::log(y.data<float>()[i]), z.data<float>()[i], 2e-6);
}

TEST(Softmax, NoClassesThrow) {
  EXPECT_THAT(
      [] {
        SoftmaxProblem::make({3, 0}, false);
      },
      testing::ThrowsMessage<ShapeError>(testing::HasSubstr("[softmax] x: expected [..., C] with C >= 1")));
}

}  // namespace
}  // namespace sonograd::kernels
