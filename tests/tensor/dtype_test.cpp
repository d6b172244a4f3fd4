#include "tensor/dtype.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

#include "tensor/tensor.h"

namespace sonograd {
namespace {

float rounded(float value) {
  return static_cast<float>(bf16(value));
}

TEST(Bf16, KeepsWhatItCanRepresent) {
  for (const float value : {0.0f, 1.0f, -2.5f, 0x1p-126f, 0x1.fep127f}) EXPECT_EQ(rounded(value), value);
  EXPECT_TRUE(std::signbit(rounded(-0.0f)));
}

TEST(Bf16, RoundsToNearest) {
  EXPECT_EQ(rounded(1.0f + 0x1.8p-8f), 1.0f + 0x1p-7f);
  EXPECT_EQ(rounded(1.0f + 0x1p-9f), 1.0f);
  EXPECT_EQ(rounded(-1.0f - 0x1.8p-8f), -1.0f - 0x1p-7f);
}

TEST(Bf16, RoundsTiesToEven) {
  EXPECT_EQ(rounded(1.0f + 0x1p-8f), 1.0f);
  EXPECT_EQ(rounded(1.0f + 0x3p-8f), 1.0f + 0x1p-6f);
}

TEST(Bf16, KeepsInfinityAndOverflowsToIt) {
  const float infinity = std::numeric_limits<float>::infinity();
  EXPECT_EQ(rounded(infinity), infinity);
  EXPECT_EQ(rounded(-infinity), -infinity);
  EXPECT_EQ(rounded(std::numeric_limits<float>::max()), infinity);
}

TEST(Bf16, EveryNaNStaysOne) {
  EXPECT_TRUE(std::isnan(rounded(std::numeric_limits<float>::quiet_NaN())));
  EXPECT_TRUE(std::isnan(rounded(std::bit_cast<float>(0x7f800001u)))) << "payload only in the lower half";
}

TEST(Bf16, EveryValueSurvivesTheWayThroughFloat) {
  for (std::uint32_t bits = 0; bits <= 0xffffu; ++bits) {
    bf16 value;
    value.bits = static_cast<std::uint16_t>(bits);
    const auto wide = static_cast<float>(value);
    ASSERT_TRUE(std::isnan(wide) || bf16(wide).bits == value.bits) << bits;
  }
}

TEST(DType, SizesAreThoseOfTheCppTypes) {
  for (const DType dtype :
       {DType::f32, DType::f64, DType::bf16, DType::i16, DType::i32, DType::i64, DType::u8}) {
    visit(dtype, [&](auto value) {
      EXPECT_EQ(size_of(dtype), sizeof(value));
      EXPECT_EQ(dtype_of<decltype(value)>, dtype) << name_of(dtype);
    });
  }
}

TEST(DType, VisitRealTakesFloatAndDoubleOnly) {
  EXPECT_EQ(visit_real(DType::f64, "op", [](auto value) { return sizeof(value); }), 8u);
  EXPECT_EQ(visit_real(DType::f32, "op", [](auto value) { return sizeof(value); }), 4u);
  EXPECT_THROW(visit_real(DType::i32, "op", [](auto) {}), DTypeError);
}

}  // namespace
}  // namespace sonograd
