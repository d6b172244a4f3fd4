#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/gradient_check.h"
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "tests/support/random_tensor.h"

namespace sonograd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(CopyGradient, EveryOp) {
  const Tensor x = random_tensor({2, 3, 4}, DType::f64), other = random_tensor({2, 5, 4}, DType::f64, 1);
  EXPECT_LE(gradient_error([](const auto& v) { return reshape(v[0], {4, 6}); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([](const auto& v) { return permute(v[0], {2, 0, -2}); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([](const auto& v) { return slice(v[0], -1, 1, 2); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([](const auto& v) { return slice(v[0], 0, 0, 2); }, {x}), 1e-6);
  EXPECT_LE(gradient_error([](const auto& v) { return concat({v[0], v[1], v[0]}, 1); }, {x, other}), 1e-6);
}

TEST(CopyGradient, OverlappingSlicesAddUp) {
  const auto sum_of_slices = [](const auto& v) {
    return add(mul(slice(v[0], 1, 0, 3), slice(v[0], 1, 1, 3)), slice(v[0], 1, 1, 3));
  };
  EXPECT_LE(gradient_error(sum_of_slices, {random_tensor({3, 4}, DType::f64)}), 1e-6);
}

TEST(Copy, Values) {
  const Variable x(Tensor::from<float>({1, 2, 3, 4, 5, 6}, {2, 3}));
  EXPECT_THAT(permute(x, {1, 0}).data().span<float>(), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(slice(x, 1, 1, 2).data().span<float>(), ElementsAre(2, 3, 5, 6));
  EXPECT_THAT(concat({x, slice(x, 1, 0, 1)}, 1).data().span<float>(), ElementsAre(1, 2, 3, 1, 4, 5, 6, 4));
  EXPECT_EQ(reshape(x, {3, 2}).data().data<float>(), x.data().data<float>()) << "shares memory";
}

TEST(Copy, WrongShapesThrow) {
  const Variable x(Tensor::zeros({2, 3})), y(Tensor::zeros({3, 3}));
  EXPECT_THAT(
      [&] {
        concat({x, y}, 1);
      },
      ThrowsMessage<ShapeError>(HasSubstr("[concat] [3, 3] does not continue [2, 3] along axis 1")));
  EXPECT_THROW(slice(x, 1, 2, 2), ShapeError);
  EXPECT_THROW(permute(x, {0, 0}), ShapeError);
  EXPECT_THROW(reshape(x, {4}), ShapeError);
}

}  // namespace
}  // namespace sonograd
