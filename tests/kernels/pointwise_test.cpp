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

TEST(Pointwise, OutputMayBeTheInput) {
  const Tensor x = Tensor::from<float>({-1, 2, -3}, {3});
  unary_forward({.function = Unary::relu, .shape = x.shape()}, x, set(x));
  EXPECT_THAT(x.span<float>(), ElementsAre(0, 2, 0));
}

TEST(Pointwise, NanStaysNan) {
  const Tensor x = Tensor::full({9}, std::numeric_limits<double>::quiet_NaN()), y = Tensor::empty({9});
  for (const auto variant : {"reference", "simd"}) {
    const PinScope pin("unary_forward", variant);
    for (int f = 0; f <= static_cast<int>(Unary::scale); ++f) {
      unary_forward({.function = static_cast<Unary>(f), .shape = x.shape()}, x, set(y));
      for (const float value : y.span<float>()) EXPECT_TRUE(std::isnan(value)) << variant << f;
    }
  }
}

TEST(Pointwise, WrongInputsThrow) {
  EXPECT_THAT(
      [] {
        BinaryProblem::make(Binary::add, {2, 3}, {2});
      },
      ThrowsMessage<ShapeError>(HasSubstr("[add] b [2] is not the end of [2, 3]")));
  EXPECT_THAT(
      [] {
        BinaryProblem::make(Binary::mul, {3}, {2, 3});
      },
      ThrowsMessage<ShapeError>(HasSubstr("[mul] b [2, 3] is not the end of [3]")));
  const Tensor whole = Tensor::zeros({3}, DType::i32);
  const UnaryProblem p = {.function = Unary::exp, .shape = {3}, .dtype = DType::i32};
  EXPECT_THROW(unary_forward(p, whole, set(whole)), DTypeError);
}

}  // namespace
}  // namespace sonograd::kernels
