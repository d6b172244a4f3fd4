#include "train/data/augment.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>
#include <set>
#include <vector>

#include "kernels/core/launch.h"

namespace sonograd::train {
namespace {

constexpr std::int64_t kFrames = 40, kBands = 30;

RandomKey key_of(std::uint32_t example, std::uint32_t epoch = 3) {
  return {.seed = 9, .step = epoch, .example = example};
}

/// Maps whose cells are all different.
Tensor maps(std::int64_t n) {
  const Tensor features = Tensor::empty({n, kFrames, kBands, 1});
  std::iota(features.span<float>().begin(), features.span<float>().end(), 1.0f);
  return features;
}

std::vector<float> values(const Tensor& tensor) {
  return {tensor.span<float>().begin(), tensor.span<float>().end()};
}

TEST(MaskFeatures, DependsOnTheExampleAloneAndNotOnItsBatch) {
  const Settings::Augment settings;
  const std::vector<RandomKey> keys = {key_of(5), key_of(6), key_of(7)};
  const Tensor together = maps(3);
  mask_features(together, keys, settings);
  const Tensor again = maps(3);
  kernels::set_threads(1);
  mask_features(again, keys, settings);
  kernels::set_threads(2);
  EXPECT_EQ(values(together), values(again));

  const Tensor alone = maps(3).rows(1, 1).clone();
  mask_features(alone, std::span(keys).subspan(1, 1), settings);
  EXPECT_EQ(values(alone), values(together.rows(1, 1)));

  const Tensor next_epoch = maps(3);
  mask_features(next_epoch, std::vector{key_of(5, 4), key_of(6, 4), key_of(7, 4)}, settings);
  EXPECT_NE(values(next_epoch), values(together));
}

TEST(MaskFeatures, BlanksBandsAndStretchesWithinTheirWidthsByTheMean) {
  const Settings::Augment one_each{.freq_masks = 1, .freq_width = 0.2, .time_masks = 1, .time_width = 0.1};
  std::set<std::int64_t> widths, lengths;
  for (std::uint32_t example = 0; example < 200; ++example) {
    const Tensor before = maps(1);
    const Tensor after = maps(1);
    mask_features(after, std::vector{key_of(example)}, one_each);
    const auto cell = [&](std::int64_t t, std::int64_t f) {
      return static_cast<std::size_t>(t * kBands + f);
    };
    const auto x = before.span<float>(), y = after.span<float>();
    const float mean = std::accumulate(x.begin(), x.end(), 0.0f) / static_cast<float>(x.size());
    const auto masked = [&](std::int64_t t, std::int64_t f) { return y[cell(t, f)] != x[cell(t, f)]; };
    std::int64_t width = 0, length = 0;
    for (std::int64_t f = 0; f < kBands; ++f) {
      bool all = true;
      for (std::int64_t t = 0; t < kFrames; ++t) all &= masked(t, f);
      width += all;
    }
    for (std::int64_t t = 0; t < kFrames; ++t) {
      bool all = true;
      for (std::int64_t f = 0; f < kBands; ++f) all &= masked(t, f);
      length += all;
    }
    std::int64_t count = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      count += y[i] != x[i];
      if (y[i] != x[i]) {
        EXPECT_NEAR(y[i], mean, 1e-3f * mean);
      }
    }
    EXPECT_EQ(count, width * kFrames + length * kBands - width * length);
    widths.insert(width);
    lengths.insert(length);
  }
  EXPECT_EQ(widths, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(lengths, (std::set<std::int64_t>{0, 1, 2, 3, 4}));
}

TEST(MaskFeatures, LeavesWaveformsAlone) {
  const Tensor waveforms = Tensor::full({2, 100}, 1);
  mask_features(waveforms, std::vector{key_of(0), key_of(1)}, {});
  EXPECT_EQ(values(waveforms), std::vector<float>(200, 1.0f));
  EXPECT_THROW(mask_features(maps(2), std::vector{key_of(0)}, {}), ShapeError);
}

TEST(ShiftInTime, RotatesWithinItsShareBothWays) {
  std::set<int> shifts;
  for (std::uint32_t example = 0; example < 300; ++example) {
    std::vector<float> chunk(50);
    std::iota(chunk.begin(), chunk.end(), 0.0f);
    Random random(key_of(example));
    shift_in_time(chunk, 0.1, random);
    for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(chunk[(i + 1) % 50], std::fmod(chunk[i] + 1, 50.0f));
    shifts.insert(chunk[0] < 25 ? -static_cast<int>(chunk[0]) : 50 - static_cast<int>(chunk[0]));
  }
  EXPECT_EQ(shifts, (std::set<int>{-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5}));
}

TEST(MixupWeight, FollowsTheBetaDistribution) {
  for (const double alpha : {0.2, 1.0, 4.0}) {
    double sum = 0, squares = 0;
    constexpr int kDraws = 20000;
    for (std::uint32_t example = 0; example < kDraws; ++example) {
      Random random(key_of(example));
      const double weight = mixup_weight(alpha, random);
      ASSERT_GE(weight, 0.5);
      ASSERT_LE(weight, 1.0);
      squares += (weight - 0.5) * (weight - 0.5);
      sum += weight;
    }
    // Folding at one half leaves the variance of Beta(a, a) about it: 1 / (4 (2a + 1)).
    EXPECT_NEAR(squares / kDraws, 1 / (4 * (2 * alpha + 1)), 0.003) << alpha;
    EXPECT_GT(sum / kDraws, 0.5) << alpha;
  }
}

TEST(ShiftTargets, GoWithTheSamples) {
  std::vector<float> targets = {1, 2, 3, 4, 5, 6, 7, 8};  // four steps of two labels
  shift_targets(targets, 4, 1, 40);
  EXPECT_EQ(targets[0], 1) << "a tenth of a step";
  shift_targets(targets, 4, 10, 40);
  EXPECT_EQ(targets, (std::vector<float>{7, 8, 1, 2, 3, 4, 5, 6}));
  shift_targets(targets, 4, 35, 40);
  EXPECT_EQ(targets, (std::vector<float>{7, 8, 1, 2, 3, 4, 5, 6})) << "rounded to the whole";
}

}  // namespace
}  // namespace sonograd::train
