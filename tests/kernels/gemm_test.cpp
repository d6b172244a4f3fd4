#include "kernels/gemm/gemm.h"

#include <algorithm>
#include <cstring>
#include <gmock/gmock.h>

#include "kernels/core/explain.h"
#include "kernels/core/launch.h"
#include "kernels/core/select.h"
#include "tests/support/devices.h"
#include "tests/support/dot.h"
#include "tests/support/random_tensor.h"

namespace sonograd::kernels {
namespace {

using testing::HasSubstr;

TEST(Gemm, BothGradientsAreAdjoints) {
  const Tensor a = random_tensor({7, 5}), b = random_tensor({5, 3}, DType::f32, 1),
               dc = random_tensor({7, 3}, DType::f32, 2);
  const Tensor c = Tensor::empty({7, 3}), da = Tensor::empty({7, 5}), db = Tensor::empty({5, 3});
  gemm(a, b, set(c));
  gemm(dc, b, set(da), {.transpose_b = true});
  gemm(a, dc, set(db), {.transpose_a = true});
  EXPECT_NEAR(dot(c, dc), dot(a, da), 1e-5);
  EXPECT_NEAR(dot(c, dc), dot(b, db), 1e-5);
}

TEST(Gemm, IsLinear) {
  const Tensor a = random_tensor({4, 6}), b = random_tensor({6, 5}, DType::f32, 1),
               twice = Tensor::empty({6, 5});
  for (std::int64_t i = 0; i < b.numel(); ++i) twice.data<float>()[i] = 2 * b.data<float>()[i];
  const Tensor expected = Tensor::empty({4, 5}), actual = Tensor::empty({4, 5});
  gemm(a, b, set(expected));
  gemm(a, b, add_to(expected));
  gemm(a, twice, set(actual));
  for (std::int64_t i = 0; i < actual.numel(); ++i) {
    EXPECT_NEAR(actual.data<float>()[i], expected.data<float>()[i], 1e-5);
  }
}

// Bias, function and a residual that is C itself, against a residual of its own.
TEST(Gemm, TheResidualMayBeC) {
  for (const Device device : test::all_devices()) {
    const Tensor a = random_tensor({19, 7}).to(device), b = random_tensor({7, 21}, DType::f32, 1).to(device);
    const Tensor bias = random_tensor({21}, DType::f32, 2).to(device);
    const Tensor start = random_tensor({19, 21}, DType::f32, 3).to(device);
    for (const bool with_function : {false, true}) {
      for (const Write mode : {Write::kSet, Write::kAdd}) {
        GemmOptions options;
        if (with_function) options.activation = Unary::relu;
        const Tensor apart = start.clone(), together = start.clone();
        gemm(a, b, {apart.view(), mode}, options, {bias, start});
        gemm(a, b, {together.view(), mode}, options, {bias, together});
        const Tensor expected = apart.to(Device{}), actual = together.to(Device{});
        for (std::int64_t i = 0; i < actual.numel(); ++i) {
          ASSERT_NEAR(actual.data<float>()[i], expected.data<float>()[i], 1e-6) << device << ' ' << i;
        }
      }
    }
  }
}

TEST(Gemm, WrongStridesThrow) {
  const Tensor a = random_tensor({6, 8}), b = random_tensor({8, 4}, DType::f32, 1), c = Tensor::empty({6, 4});
  View gaps = a;
  gaps.shape = {3, 4};
  gaps.strides = {16, 2};
  const auto message = [](const auto& call) {
    try {
      call();
    } catch (const ShapeError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(message([&] { gemm(gaps, b.rows(0, 4), set(c.rows(0, 3))); }),
              HasSubstr("[gemm] a: expected one of the last two axes to be dense, got steps of 16 and 2"));
  View overlapping = c;
  overlapping.strides = {0, 1};
  EXPECT_THAT(message([&] { gemm(a, b, set(overlapping)); }),
              HasSubstr("[gemm] c: expected rows that do not overlap"));
  const View turned = Tensor::empty({4, 6}).view().permute(std::array{1, 0});
  EXPECT_THAT(message([&] { gemm(a, b, set(turned)); }), HasSubstr("[gemm] c: expected a dense last axis"));
  EXPECT_THAT(message([&] { gemm(a, b, set(c), {}, {.bias = a}); }), HasSubstr("[gemm] bias: expected [4]"));
  EXPECT_THAT(message([&] { gemm(a, b, set(c), {}, {.residual = a}); }),
              HasSubstr("[gemm] residual: expected [6, 4], got [6, 8]"));
  const View many = Tensor::empty({2, 2, 2, 2, 2}).view().permute(std::array{2, 1, 0, 3, 4});
  EXPECT_THAT(message([&] {
                gemm(many, many, set(Tensor::empty({2, 2, 2, 2, 2})));
              }),
              HasSubstr("[gemm] leading axes: expected at most two that cannot be joined"));
}

TEST(Gemm, JoinsLeadingAxes) {
  const auto p = GemmProblem::make({2, 3, 4, 5, 6}, {2, 3, 4, 6, 7}, {});
  EXPECT_EQ(p.batches, (std::array<std::int64_t, 2>{1, 24}));
  EXPECT_EQ(p.c, (Shape{2, 3, 4, 5, 7}));
  const Tensor heads = Tensor::empty({2, 5, 3, 8});
  const View by_head = heads.view().permute(std::array{0, 2, 1, 3});
  const auto scores = GemmProblem::make(by_head, by_head, Tensor::empty({2, 3, 5, 5}), {.transpose_b = true});
  EXPECT_EQ(scores.batches, (std::array<std::int64_t, 2>{2, 3}));
  EXPECT_EQ(scores.a_steps, (MatrixSteps{24, 1, {120, 8}}));
  EXPECT_EQ(scores.b_steps, (MatrixSteps{1, 24, {120, 8}}));
  EXPECT_EQ(scores.c_steps, (MatrixSteps{5, 1, {75, 25}}));
}

TEST(Gemm, TheSummaryNamesScaleTermsAndSteps) {
  const auto summary = [](const View& c, const GemmOptions& options, const GemmTerms& terms) {
    const Tensor a = Tensor::empty({3, 4}), b = Tensor::empty({4, 5});
    return GemmProblem::make(a, b, c, options, terms).summary();
  };
  const Tensor c = Tensor::empty({3, 5}), bias = Tensor::empty({5}), wide = Tensor::empty({3, 9});
  const View part = wide.view().slice(-1, 2, 5);
  EXPECT_EQ(summary(c, {}, {}), "[3, 4][4, 5] f32");
  EXPECT_EQ(summary(c, {.alpha = 0.125}, {.bias = bias}), "[3, 4][4, 5] f32 alpha 0.125 + bias");
  EXPECT_EQ(summary(c, {.activation = Unary::gelu}, {.residual = c}), "[3, 4][4, 5] f32 gelu + residual");
  EXPECT_EQ(summary(part, {.activation = Unary::scale, .activation_alpha = -2}, {.residual = part}),
            "[3, 4][4, 5] f32 c 0/0/9/1 scale(-2) + residual 0/0/9/1");
}

// Products of values that are stored in bf16 are exact.
TEST(Gemm, TensorCoresMultiplyBf16InEveryPrecision) {
  const Device device{DeviceKind::emulated, 0};
  const auto there = [&](const Shape& shape, std::uint32_t which) {
    return random_tensor(shape, DType::bf16, which).to(device);
  };
  const Tensor a = there({33, 72}, 0), b = there({72, 40}, 1), b_transposed = there({40, 72}, 2);
  const auto chosen = [&](Precision precision, const Tensor& right, bool transpose_b, const Tensor& c) {
    const PrecisionScope ambient(precision);
    const ExplainScope scope;
    gemm(a, right, set(c), {.transpose_b = transpose_b});
    return scope.calls().at(0).chosen;
  };
  for (const bool transpose_b : {false, true}) {
    const Tensor& right = transpose_b ? b_transposed : b;
    const Tensor strict = Tensor::empty({33, 40}, DType::bf16, device);
    EXPECT_EQ(chosen(Precision::strict, right, transpose_b, strict), "wgmma");
    for (const Precision precision : {Precision::tf32, Precision::bf16}) {
      const Tensor c = Tensor::empty({33, 40}, DType::bf16, device);
      EXPECT_EQ(chosen(precision, right, transpose_b, c), "wgmma");
      const Tensor expected = strict.to(Device{}), actual = c.to(Device{});
      EXPECT_EQ(std::memcmp(actual.data<bf16>(), expected.data<bf16>(), actual.view().bytes()), 0)
          << name_of(precision);
    }
  }
}

TEST(Gemm, AllOperandsHaveOneType) {
  const Tensor a = random_tensor({3, 4}, DType::bf16), b = random_tensor({4, 5}, DType::bf16, 1);
  const Tensor c = Tensor::empty({3, 5}, DType::bf16), bias = random_tensor({5});
  EXPECT_THROW(gemm(a, b.to(DType::f32), set(c)), DTypeError);
  EXPECT_THROW(gemm(a, b, set(c.to(DType::f32))), DTypeError);
  EXPECT_THROW(gemm(a, b, set(c), {}, {.bias = bias}), DTypeError);
  EXPECT_NO_THROW(gemm(a, b, set(c), {}, {.bias = bias.to(DType::bf16)}));
}

// More products than a grid has blocks along y or z.
TEST(Gemm, ManyProducts) {
  constexpr std::int64_t kCount = 65537;
  const Tensor a = random_tensor({kCount, 1, 2}), b = random_tensor({kCount, 2, 1}, DType::f32, 1);
  const Tensor expected = Tensor::empty({kCount, 1, 1});
  gemm(a, b, set(expected));
  for (const Device device : test::accelerators()) {
    const Tensor c = Tensor::empty({kCount, 1, 1}, DType::f32, device);
    const PinScope pin("gemm", "naive");
    gemm(a.to(device), b.to(device), set(c));
    const Tensor actual = c.to(Device{});
    for (std::int64_t i = 0; i < kCount; ++i)
      ASSERT_NEAR(actual.data<float>()[i], expected.data<float>()[i], 1e-6) << device << ' ' << i;
  }
}

// Products of a batch that share the threads have the same bits as single products.
TEST(Gemm, ABatchIsItsProducts) {
  const Tensor a = random_tensor({7, 33, 65}), b = random_tensor({7, 65, 17}, DType::f32, 1);
  const Tensor together = Tensor::empty({7, 33, 17}), alone = Tensor::empty({1, 33, 17});
  gemm(a, b, set(together));
  const int before = threads();
  set_threads(1);
  for (std::int64_t i = 0; i < 7; ++i) {
    gemm(a.rows(i, 1), b.rows(i, 1), set(alone));
    const auto part = together.rows(i, 1);
    EXPECT_TRUE(std::ranges::equal(part.span<float>(), alone.span<float>())) << i;
  }
  set_threads(before);
}

}  // namespace
}  // namespace sonograd::kernels
