#include "train/data/stratify.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <vector>

#include "tensor/random.h"

namespace sonograd::train {
namespace {

constexpr std::array kSplitShares = {0.7, 0.15, 0.15};

/// [labels][parts]: groups with the label.
std::vector<std::array<int, 3>> groups_by_label(const std::vector<LabelledGroup>& groups,
                                                std::size_t labels) {
  const auto parts = stratified_parts(groups, kSplitShares);
  std::vector<std::array<int, 3>> counts(labels);
  for (std::size_t i = 0; i < groups.size(); ++i)
    for (const std::size_t label : groups[i].labels) ++counts[label][parts[i]];
  return counts;
}

TEST(StratifiedParts, EveryLabelOfThreeClipsIsInEveryPart) {
  // Tags as of music: label k in one of 2k + 3 clips, so the rarest of 200 clips has three.
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random({.seed = seed, .stream = RandomStream::test});
    constexpr std::size_t kLabels = 30;
    std::vector<LabelledGroup> groups(200, {.clips = 1, .labels = {}});
    for (std::size_t label = 0; label < kLabels; ++label) {
      for (std::size_t i = 0; i < 3 + label * label / 10; ++i) {
        LabelledGroup& group = groups[random.below(groups.size())];
        if (std::ranges::find(group.labels, label) == group.labels.end()) group.labels.push_back(label);
      }
    }
    const auto counts = groups_by_label(groups, kLabels);
    for (std::size_t label = 0; label < kLabels; ++label) {
      const auto& parts = counts[label];
      if (parts[0] + parts[1] + parts[2] < 3) continue;
      for (const int part : parts) EXPECT_GE(part, 1) << "label " << label << ", seed " << seed;
    }
  }
}

TEST(StratifiedParts, ClassesKeepTheirProportions) {
  std::vector<LabelledGroup> groups;
  for (std::size_t i = 0; i < 200; ++i)
    groups.push_back({.clips = 1, .labels = {i < 100 ? 0u : i < 160 ? 1u : 2u}});
  const auto counts = groups_by_label(groups, 3);
  EXPECT_EQ(counts[0], (std::array{70, 15, 15}));
  EXPECT_EQ(counts[1], (std::array{42, 9, 9}));
  EXPECT_EQ(counts[2], (std::array{28, 6, 6}));
}

TEST(StratifiedParts, NoPartIsEmptyAsLongAsThereAreGroups) {
  const std::vector<LabelledGroup> three(3, {.clips = 20, .labels = {}});
  auto parts = stratified_parts(three, kSplitShares);
  std::ranges::sort(parts);
  EXPECT_EQ(parts, (std::vector<std::size_t>{0, 1, 2}));
  const std::vector<LabelledGroup> two(2, {.clips = 1, .labels = {0}});
  EXPECT_EQ(stratified_parts(two, kSplitShares), (std::vector<std::size_t>{0, 1}));
  EXPECT_TRUE(stratified_parts({}, kSplitShares).empty());
}

TEST(StratifiedParts, WholeGroupsCountWithTheirClips) {
  // One album of 30 clips of 0, thirty single clips of it.
  std::vector<LabelledGroup> groups(31, {.clips = 1, .labels = {0}});
  groups[0] = {.clips = 30, .labels = std::vector<std::size_t>(30, 0)};
  const auto parts = stratified_parts(groups, kSplitShares);
  EXPECT_EQ(parts[0], 0u);
  EXPECT_EQ(std::ranges::count(parts, 1u), 9);
  EXPECT_EQ(std::ranges::count(parts, 2u), 9);
}

}  // namespace
}  // namespace sonograd::train
