#include "layers/pool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonograd::layers {
namespace {

using testing::ElementsAre;

// 1, 2, 3, … over the shape.
Variable counting(const Shape& shape) {
  Tensor x = Tensor::empty(shape);
  for (std::int64_t i = 0; i < x.numel(); ++i) x.data<float>()[i] = static_cast<float>(i + 1);
  return Variable(x);
}

std::vector<float> values(const Variable& y) {
  return {y.data().data<float>(), y.data().data<float>() + y.data().numel()};
}

TEST(Pool, OverTimeLeavesOutWhatDoesNotFillAWindow) {
  const Variable x = counting({1, 5, 2});
  EXPECT_THAT(values(MaxPool1d(2).forward(x)), ElementsAre(3, 4, 7, 8));
  EXPECT_THAT(values(AvgPool1d(2).forward(x)), ElementsAre(2, 3, 6, 7));
  EXPECT_THAT(values(MaxPool1d(3, 1).forward(x)), ElementsAre(5, 6, 7, 8, 9, 10));
}

TEST(Pool, OverTimeAndFrequency) {
  const Variable x = counting({1, 4, 3, 1});
  const Variable y = MaxPool2d(kernels::Pair(2, 3)).forward(x);
  EXPECT_EQ(y.shape(), (Shape{1, 2, 1, 1}));
  EXPECT_THAT(values(y), ElementsAre(6, 12));
  EXPECT_THAT(values(AvgPool2d(2, {2, 1}).forward(x)), ElementsAre(3, 4, 9, 10));
}

TEST(Pool, OverEverything) {
  EXPECT_THAT(values(GlobalMaxPool().forward(counting({2, 3, 2}))), ElementsAre(5, 6, 11, 12));
  EXPECT_THAT(values(GlobalAvgPool().forward(counting({2, 1, 3, 2}))), ElementsAre(3, 4, 9, 10));
  EXPECT_THROW(GlobalMaxPool().forward(counting({2, 3})), ShapeError);
}

}  // namespace
}  // namespace sonograd::layers
