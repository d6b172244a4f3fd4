#include "tensor/shape.h"

#include <gtest/gtest.h>

#include "tensor/view.h"

namespace sonograd {
namespace {

TEST(Shape, CountsElements) {
  EXPECT_EQ((Shape{2, 3, 5}).numel(), 30);
  EXPECT_EQ((Shape{2, 0, 5}).numel(), 0);
  EXPECT_EQ(Shape().numel(), 1) << "a scalar";
  EXPECT_EQ(Shape().rank(), 0);
}

TEST(Shape, NegativeAxesCountFromTheEnd) {
  const Shape shape{2, 3, 5};
  EXPECT_EQ(shape[-1], 5);
  EXPECT_EQ(shape[-3], 2);
  EXPECT_EQ(shape.normalize(-2), 1);
  EXPECT_THROW(shape.normalize(3), ShapeError);
  EXPECT_THROW(shape.normalize(-4), ShapeError);
}

TEST(Shape, ComparesRankAndExtents) {
  EXPECT_EQ((Shape{2, 3}), (Shape{2, 3}));
  EXPECT_NE((Shape{2, 3}), (Shape{3, 2}));
  EXPECT_NE((Shape{2, 3}), (Shape{2, 3, 1}));
}

TEST(Shape, WithReplacesOneExtent) {
  const Shape shape{2, 3, 5};
  EXPECT_EQ(shape.with(-1, 7), (Shape{2, 3, 7}));
  EXPECT_EQ(shape, (Shape{2, 3, 5}));
}

TEST(Shape, PrintsItsExtents) {
  EXPECT_EQ(concat(Shape{8, 188, 96, 1}), "[8, 188, 96, 1]");
}

TEST(Shape, RefusesWhatCannotBe) {
  EXPECT_THROW((Shape{2, -1}), ShapeError);
  EXPECT_NO_THROW((Shape{1, 1, 1, 1, 1, 1, 1, 1}));
  EXPECT_THROW((Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}), ShapeError);
}

TEST(Shape, RefusesMoreBytesThan64BitsCount) {
  constexpr std::int64_t kLarge = std::int64_t{1} << 31;
  EXPECT_NO_THROW((Shape{kLarge, kLarge / 8}));
  EXPECT_THROW((Shape{kLarge, kLarge}), ShapeError);
  EXPECT_THROW((Shape{0, kLarge, kLarge}), ShapeError) << "empty, but its strides would overflow";
  EXPECT_THROW((Shape{kLarge, kLarge, 0}), ShapeError);
}

TEST(Shape, DenseStridesAreRowMajor) {
  const Strides strides = dense_strides(Shape{4, 3, 5});
  EXPECT_EQ(strides[0], 15);
  EXPECT_EQ(strides[1], 5);
  EXPECT_EQ(strides[2], 1);
}

}  // namespace
}  // namespace sonograd
