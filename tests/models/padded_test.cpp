#include "models/backs/padded.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonograd::models {
namespace {

using testing::ElementsAre;

std::vector<float> padded_values(const std::vector<float>& values, const Shape& shape, int axis,
                                 std::int64_t divisor) {
  const Variable y = padded_to_multiple(Variable(Tensor::from(values, shape)), axis, divisor);
  EXPECT_EQ(y.shape()[axis] % divisor, 0);
  const std::span all = y.data().span<float>();
  return {all.begin(), all.end()};
}

TEST(PaddedToMultiple, HasTheOddZeroBehind) {
  EXPECT_THAT(padded_values({1, 2, 3}, {1, 3, 1}, 1, 2), ElementsAre(1, 2, 3, 0));
  EXPECT_THAT(padded_values({1, 2, 3, 4, 5}, {1, 5, 1}, 1, 4), ElementsAre(0, 1, 2, 3, 4, 5, 0, 0));
  EXPECT_THAT(padded_values({1, 2, 3, 4, 5, 6}, {1, 6, 1}, 1, 4), ElementsAre(0, 1, 2, 3, 4, 5, 6, 0));
}

TEST(PaddedToMultiple, PadsOneAxis) {
  EXPECT_THAT(padded_values({1, 2, 3, 4}, {1, 2, 2, 1}, 2, 4), ElementsAre(0, 1, 2, 0, 0, 3, 4, 0));
  EXPECT_THAT(padded_values({1, 2, 3, 4}, {1, 2, 2, 1}, 1, 3), ElementsAre(1, 2, 3, 4, 0, 0));
}

TEST(PaddedToMultiple, ReturnsAMultipleAsItIs) {
  const Variable x(Tensor::from(std::vector<float>{1, 2, 3, 4}, {1, 4, 1}));
  EXPECT_EQ(padded_to_multiple(x, 1, 2).data().data<float>(), x.data().data<float>());
}

}  // namespace
}  // namespace sonograd::models
