#include "tensor/random.h"

#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace sonograd {
namespace {

// Known answers of the authors' Random123 library (Salmon et al. 2011).
TEST(Philox, KnownAnswers) {
  EXPECT_EQ(philox4x32({0, 0, 0, 0}, {0, 0}), (Philox4{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr std::uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(philox4x32({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Philox4{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Philox4{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, EveryPartOfTheKeyMatters) {
  const RandomKey key = {.seed = 1, .step = 2, .example = 3, .stream = RandomStream::mask};
  std::vector<RandomKey> keys(6, key);
  keys[1].seed = 2;
  keys[2].seed = key.seed + (std::uint64_t{1} << 32);
  keys[3].step = 3;
  keys[4].example = 2;
  keys[5].stream = RandomStream::crop;
  std::set<std::uint64_t> draws;
  for (const RandomKey& k : keys) draws.insert(Random(k).below(~std::uint64_t{0}));
  EXPECT_EQ(draws.size(), keys.size());
}

TEST(Random, IsAFunctionOfTheKey) {
  Random a({.seed = 5}), b({.seed = 5});
  for (int i = 0; i < 100; ++i) ASSERT_EQ(a.bits(), b.bits());
  Random copy = a;
  EXPECT_EQ(copy.bits(), a.bits());
}

TEST(Random, BelowTakesTheHighWordFirst) {
  Random words({.seed = 3}), random({.seed = 3});
  const std::uint64_t high = words.bits();
  EXPECT_EQ(random.below(std::uint64_t{1} << 63), ((high << 32) | words.bits()) >> 1);
}

TEST(Random, UniformHasItsMomentsAndRange) {
  Random random({.seed = 7});
  constexpr int kDraws = 100'000;
  double sum = 0.0, squares = 0.0;
  for (int i = 0; i < kDraws; ++i) {
    const float value = random.uniform();
    ASSERT_GE(value, 0.0f);
    ASSERT_LT(value, 1.0f);
    sum += value;
    squares += value * value;
  }
  EXPECT_NEAR(sum / kDraws, 1.0 / 2, 5e-3);
  EXPECT_NEAR(squares / kDraws, 1.0 / 3, 5e-3);
}

TEST(Random, UniformNeverReachesTheUpperEnd) {
  Random random({.seed = 8});
  constexpr float kLow = 0x1p24f;  // floats are 2 apart from here on: half of the sums round up to the end
  for (int i = 0; i < 100; ++i) ASSERT_EQ(random.uniform(kLow, kLow + 2.0f), kLow);
}

TEST(Random, BelowIsUniform) {
  Random random({.seed = 9});
  constexpr int kDraws = 60'000;
  std::array<int, 6> counts{};
  for (int i = 0; i < kDraws; ++i) ++counts.at(random.below(6));
  double chi_squared = 0.0;
  for (const int count : counts) chi_squared += (count - 1e4) * (count - 1e4) / 1e4;
  EXPECT_LT(chi_squared, 20.5) << "5 degrees of freedom, p = 0.001";
  EXPECT_EQ(random.below(1), 0u);
}

TEST(Random, NormalHasItsMoments) {
  Random random({.seed = 10});
  constexpr int kDraws = 100'000;
  std::array<double, 4> moments{};
  for (int i = 0; i < kDraws; ++i) {
    double power = 1.0;
    const double value = random.normal();
    for (double& moment : moments) moment += (power *= value) / kDraws;
  }
  EXPECT_NEAR(moments[0], 0.0, 0.015);
  EXPECT_NEAR(moments[1], 1.0, 0.02);
  EXPECT_NEAR(moments[2], 0.0, 0.05);
  EXPECT_NEAR(moments[3], 3.0, 0.12);
}

}  // namespace
}  // namespace sonograd
