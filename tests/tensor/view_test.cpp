#include "tensor/view.h"

#include <gtest/gtest.h>
#include <numeric>

#include "tensor/tensor.h"

namespace sonograd {
namespace {

class ViewTest : public testing::Test {
 protected:
  ViewTest() { std::iota(tensor.span<float>().begin(), tensor.span<float>().end(), 0.0f); }

  static float at(const View& view, std::int64_t i, std::int64_t j, std::int64_t k) {
    return view.data<float>()[i * view.stride(0) + j * view.stride(1) + k * view.stride(2)];
  }

  Tensor tensor = Tensor::empty({2, 3, 4});  // element [i, j, k] is 12 i + 4 j + k
  View view = tensor.view();
};

TEST_F(ViewTest, SliceSharesMemory) {
  const View part = view.slice(1, 1, 2);
  EXPECT_EQ(part.shape, (Shape{2, 2, 4}));
  EXPECT_FALSE(part.contiguous());
  EXPECT_EQ(at(part, 0, 0, 0), 4.0f);
  EXPECT_EQ(at(part, 1, 1, 3), 23.0f);
  part.data<float>()[0] = -1.0f;
  EXPECT_EQ(at(view, 0, 1, 0), -1.0f);
}

TEST_F(ViewTest, SliceOfTheFirstAxisStaysContiguous) {
  EXPECT_TRUE(view.slice(0, 1, 1).contiguous());
}

TEST_F(ViewTest, SliceMayBeEmpty) {
  EXPECT_EQ(view.slice(2, 4, 0).numel(), 0);
}

TEST_F(ViewTest, SliceOutsideTheAxisThrows) {
  EXPECT_THROW(view.slice(1, 2, 2), ShapeError);
  EXPECT_THROW(view.slice(1, -1, 2), ShapeError);
  EXPECT_THROW(view.slice(1, 0, -1), ShapeError);
  EXPECT_THROW(view.slice(1, 1, std::numeric_limits<std::int64_t>::max()), ShapeError);
  EXPECT_THROW(view.slice(3, 0, 1), ShapeError);
}

TEST_F(ViewTest, PermuteMovesAxes) {
  const View turned = view.permute(std::array{2, 0, 1});
  EXPECT_EQ(turned.shape, (Shape{4, 2, 3}));
  EXPECT_FALSE(turned.contiguous());
  EXPECT_EQ(at(turned, 3, 1, 2), at(view, 1, 2, 3));
  EXPECT_EQ(at(turned, 2, 0, 1), at(view, 0, 1, 2));
}

TEST_F(ViewTest, PermuteRequiresEveryAxisOnce) {
  EXPECT_THROW(view.permute(std::array{0, 1}), ShapeError);
  EXPECT_THROW(view.permute(std::array{0, 1, 1}), ShapeError);
  EXPECT_THROW(view.permute(std::array{0, 1, 3}), ShapeError);
}

TEST_F(ViewTest, AxesOfExtentOneMayHaveAnyStride) {
  const View column = view.slice(0, 0, 1).permute(std::array{1, 2, 0});
  EXPECT_EQ(column.shape, (Shape{3, 4, 1}));
  EXPECT_TRUE(column.contiguous());
}

TEST_F(ViewTest, ReshapeRequiresDenseMemoryOfEqualSize) {
  EXPECT_EQ(view.reshape({6, 4}).data<float>(), view.data<float>());
  EXPECT_THROW(view.reshape({5, 5}), ShapeError);
  EXPECT_THROW(view.slice(2, 0, 2).reshape({12}), ShapeError);
}

TEST_F(ViewTest, TypedAccessChecksTheType) {
  EXPECT_THROW(view.data<double>(), DTypeError);
}

TEST_F(ViewTest, OutCarriesWhoDecidesAboutAdding) {
  EXPECT_FALSE(set(view).adds());
  EXPECT_TRUE(add_to(view).adds());
}

}  // namespace
}  // namespace sonograd
