#include "kernels/pointwise/pointwise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "kernels/core/select.h"
#include "tensor/tensor.h"

namespace sonograd::kernels {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Pointwise, BroadcastRepeatsOverLeadingAxes) {
  const Tensor a = Tensor::from<float>({1, 2, 3, 4}, {2, 2}), b = Tensor::from<float>({10, 100}, {2});
  const Tensor y = Tensor::empty({2, 2});
  binary_forward(BinaryProblem::make(Binary::add, a.shape(), b.shape()), a, b, set(y));
  EXPECT_THAT(y.span<float>(), ElementsAre(11, 102, 13, 104));
  binary_forward(BinaryProblem::make(Binary::mul, a.shape(), b.shape()), a, b, add_to(y));
  EXPECT_THAT(y.span<float>(), ElementsAre(21, 302, 43, 504));
}

TEST(Pointwise, EitherOperandRepeats) {
  const Tensor column = Tensor::from<float>({10, 20}, {2, 1}), row = Tensor::from<float>({1, 2, 3}, {3});
  const auto p = BinaryProblem::make(Binary::sub, column.shape(), row.shape());
  EXPECT_EQ(p.y, (Shape{2, 3}));
  const Tensor y = Tensor::empty(p.y);
  binary_forward(p, column, row, set(y));
  EXPECT_THAT(y.span<float>(), ElementsAre(9, 8, 7, 19, 18, 17));
}

TEST(Pointwise, AxesAreJoinedWhereBothOperandsAllowIt) {
  const auto extents = [](const Shape& a, const Shape& b) {
    return BinaryProblem::make(Binary::add, a, b).extents;
  };
  EXPECT_EQ(extents({2, 57, 32, 128}, {2, 57, 32, 128}), (Shape{2 * 57 * 32 * 128}));
  EXPECT_EQ(extents({2, 57, 32, 128}, {32, 128}), (Shape{2 * 57, 32 * 128}));
  EXPECT_EQ(extents({2, 57, 32, 128}, {2, 1, 1, 128}), (Shape{2, 57 * 32, 128}));
  EXPECT_EQ(extents({2, 57, 32, 128}, {1, 57, 1, 1}), (Shape{2, 57, 32 * 128}));
  EXPECT_EQ(extents({1, 1}, {}), (Shape{1}));
}

TEST(Pointwise, OutputMayBeTheInput) {
  const Tensor x = Tensor::from<float>({-1, 2, -3}, {3});
  unary_forward({.function = Unary::relu, .shape = x.shape()}, x, set(x));
  EXPECT_THAT(x.span<float>(), ElementsAre(0, 2, 0));
}

TEST(Pointwise, NanStaysNan) {
  const Tensor x = Tensor::full({9}, std::numeric_limits<double>::quiet_NaN()), y = Tensor::empty({9});
  for (const auto variant : {"reference", "simd"}) {
    const PinScope pin("unary_forward", variant);
    for (const Unary f : kUnaryFunctions) {
      unary_forward({.function = f, .shape = x.shape()}, x, set(y));
      for (const float value : y.span<float>()) EXPECT_TRUE(std::isnan(value)) << variant << name_of(f);
    }
  }
}

TEST(Pointwise, WrongInputsThrow) {
  EXPECT_THAT(
      [] {
        BinaryProblem::make(Binary::add, {2, 3}, {2});
      },
      ThrowsMessage<ShapeError>(
          HasSubstr("[add] a, b: expected equal extents, or 1, in axis -1, got [2, 3] and [2]")));
  EXPECT_THAT(
      [] {
        BinaryProblem::make(Binary::mul, {4, 3, 1}, {2, 3});
      },
      ThrowsMessage<ShapeError>(
          HasSubstr("[mul] a, b: expected equal extents, or 1, in axis -2, got [4, 3, 1] and [2, 3]")));
  const Tensor whole = Tensor::zeros({3}, DType::i32);
  const UnaryProblem p = {.function = Unary::exp, .shape = {3}, .dtype = DType::i32};
  EXPECT_THROW(unary_forward(p, whole, set(whole)), DTypeError);
}

}  // namespace
}  // namespace sonograd::kernels
