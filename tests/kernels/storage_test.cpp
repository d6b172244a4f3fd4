// Conversions between float32 and bf16: every value and every kind of rounding, by every variant of `copy` on every device.
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "kernels/copy/copy.h"
#include "kernels/core/select.h"
#include "kernels/core/stored.h"
#include "tests/support/random_tensor.h"
#include "tests/support/variants.h"

namespace sonograd::kernels {
namespace {

// Every bf16 as a float32, the values halfway between it and the next one away from zero, and their neighbours.
Tensor floats_around_every_bf16() {
  std::vector<float> values;
  for (std::uint32_t bits = 0; bits < 0x10000u; ++bits) {
    for (const std::uint32_t low : {0x0000u, 0x7fffu, 0x8000u, 0x8001u})
      values.push_back(std::bit_cast<float>(bits << 16 | low));
  }
  return Tensor::from(values, {4, 0x10000});
}

bool same_number(bf16 a, bf16 b) {
  const auto x = static_cast<float>(a), y = static_cast<float>(b);
  return a.bits == b.bits || (std::isnan(x) && std::isnan(y));
}

// Subnormal numbers are kept, also where an earlier test of this process has made its thread flush them.
class StoredTypes : public testing::Test {
#if defined(__x86_64__)
 protected:
  StoredTypes() {
    _mm_setcsr(before_ & ~0x8040u);
  }
  ~StoredTypes() override {
    _mm_setcsr(before_);
  }

 private:
  const unsigned before_ = _mm_getcsr();
#endif
};

TEST_F(StoredTypes, EveryVariantRoundsToNearestAndTiesToEven) {
  const Tensor x = floats_around_every_bf16();
  for (const test::VariantOn& row : test::variants_of("copy")) {
    SCOPED_TRACE(testing::Message() << row);
    const PinScope pin("copy", row.name);
    const Tensor y = Tensor::empty({0x10000, 4}, DType::bf16, row.device);
    const Tensor there = x.to(row.device);
    try {
      copy(row.name == "tiles" ? there.view().permute(std::array{1, 0}) : there.reshape(y.shape()).view(),
           set(y));
    } catch (const DeviceError&) {
      ADD_FAILURE() << "the variant does not support this case";
      continue;
    }
    const Tensor here = y.to(Device{});
    for (std::int64_t i = 0; i < x.numel(); ++i) {
      const std::int64_t from = row.name == "tiles" ? i % 4 * 0x10000 + i / 4 : i;
      const float value = x.data<float>()[from];
      ASSERT_TRUE(same_number(here.data<bf16>()[i], bf16(value)))
          << value << " became " << static_cast<float>(here.data<bf16>()[i]);
    }
  }
}

TEST_F(StoredTypes, EveryVariantKeepsEveryBf16) {
  const Tensor x = floats_around_every_bf16().reshape({0x10000, 4});
  Tensor halves = Tensor::empty({0x10000, 4}, DType::bf16);
  for (std::int64_t i = 0; i < halves.numel(); ++i) halves.data<bf16>()[i] = bf16(x.data<float>()[i]);
  for (const test::VariantOn& row : test::variants_of("copy")) {
    if (row.name == "tiles") continue;
    SCOPED_TRACE(testing::Message() << row);
    const PinScope pin("copy", row.name);
    const Tensor there = halves.to(row.device);
    const Tensor wide = Tensor::empty(halves.shape(), DType::f32, row.device);
    const Tensor narrow_again = Tensor::empty(halves.shape(), DType::bf16, row.device);
    copy(there, set(wide));
    copy(wide, set(narrow_again));
    const Tensor floats = wide.to(Device{}), back = narrow_again.to(Device{});
    for (std::int64_t i = 0; i < halves.numel(); ++i) {
      const bf16 value = halves.data<bf16>()[i];
      ASSERT_TRUE(same_number(back.data<bf16>()[i], value)) << static_cast<float>(value);
      ASSERT_TRUE(floats.data<float>()[i] == static_cast<float>(value) ||
                  std::isnan(static_cast<float>(value)));
    }
  }
}

TEST_F(StoredTypes, ASumIsRoundedOnce) {
  // 1 + 2^-8 lies halfway between two bf16 and ties down to 1; a little more goes up.
  const Tensor x = Tensor::from<float>({0x1p-8f, 0x1.01p-8f, -0x1p-8f, 3.0f}, {4});
  for (const test::VariantOn& row : test::variants_of("copy")) {
    if (row.name == "tiles") continue;
    SCOPED_TRACE(testing::Message() << row);
    const PinScope pin("copy", row.name);
    const Tensor y = Tensor::full({4}, 1.0, DType::bf16, row.device);
    copy(x.to(row.device), add_to(y));
    const Tensor sums = y.to(Device{}).to(DType::f32);
    EXPECT_EQ(sums.data<float>()[0], 1.0f);
    EXPECT_EQ(sums.data<float>()[1], 1.0f + 0x1p-7f);
    EXPECT_EQ(sums.data<float>()[2], 1.0f - 0x1p-8f);
    EXPECT_EQ(sums.data<float>()[3], 4.0f);
  }
}

TEST_F(StoredTypes, TheReferenceRoundsADoubleOnce) {
  // Rounded to float32 first, these would become a tie and be rounded in the other direction.
  EXPECT_EQ(widen(narrow<bf16>(1 + 0x1p-8 + 0x1p-40)), 1.0f + 0x1p-7f);
  EXPECT_EQ(widen(narrow<bf16>(1 + 0x3p-8 - 0x1p-40)), 1.0f + 0x1p-7f);
  EXPECT_EQ(widen(narrow<bf16>(-1 - 0x1p-8 - 0x1p-40)), -1.0f - 0x1p-7f);
  EXPECT_EQ(widen(narrow<bf16>(1 + 0x1p-8)), 1.0f) << "a real tie, to even";
  EXPECT_EQ(widen(narrow<bf16>(1 + 0x3p-8)), 1.0f + 0x1p-6f);
  EXPECT_EQ(widen(narrow<bf16>(0.0)), 0.0f);
  EXPECT_EQ(widen(narrow<bf16>(1e300)), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(widen(narrow<bf16>(std::nan("")))));
}

TEST_F(StoredTypes, CopyRefusesOtherConversions) {
  const Tensor x = Tensor::zeros({3}), y = Tensor::zeros({3}, DType::f64), z = Tensor::zeros({3}, DType::i32);
  EXPECT_THROW(copy(x, set(y)), DTypeError);
  EXPECT_THROW(copy(z, set(x)), DTypeError);
}

}  // namespace
}  // namespace sonograd::kernels
