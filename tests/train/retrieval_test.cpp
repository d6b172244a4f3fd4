// Recall of embeddings.
#include "train/eval/retrieval.h"

#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace sonograd::train {
namespace {

/// Vectors of two or three dimensions with given cosines between the first, second and third.
std::vector<float> with_cosines(double c12, double c13, double c23) {
  const double s12 = std::sqrt(1 - c12 * c12), y = (c23 - c12 * c13) / s12;
  const auto f = [](double value) { return static_cast<float>(value); };
  return {1, 0, 0, f(c12), f(s12), 0, f(c13), f(y), f(std::sqrt(1 - c13 * c13 - y * y))};
}

// The specification's example: labels {a, b}, {a} and {b, c}.
TEST(Recall, IsTheShareOfLabelsThatTheNearestClipsHave) {
  const std::vector<float> targets = {1, 1, 0, 1, 0, 0, 0, 1, 1};
  const RetrievalScores scores = recall_of(with_cosines(0.9, 0.5, 0.1), targets, 3);
  EXPECT_EQ(scores.queries, 3u);
  EXPECT_NEAR(*scores.recall[0], (0.5 + 1 + 0.5) / 3, 1e-12);
  EXPECT_NEAR(*scores.recall[1], (1 + 1 + 0.5) / 3, 1e-12);
  EXPECT_EQ(scores.recall[2], scores.recall[1]) << "there are two others";
  EXPECT_EQ(scores.recall[3], scores.recall[1]);
}

TEST(Recall, OfEqualCosinesTheFirstClipIsNearer) {
  // Clip 2 is as near to 0 as to 1.
  const std::vector<float> vectors = {1, 0, 1, 0, 1, 0}, targets = {1, 0, 0, 1, 1, 0};
  EXPECT_NEAR(*recall_of(vectors, targets, 2).recall[0], (0.0 + 0 + 1) / 3, 1e-12);
}

TEST(Recall, AClipWithoutLabelsIsNoQuery) {
  const std::vector<float> vectors = {1, 0, 1, 0, 0, 1}, targets = {1, 0, 1};
  const RetrievalScores scores = recall_of(vectors, targets, 1);
  EXPECT_EQ(scores.queries, 2u);
  EXPECT_EQ(scores.recall[0], 0.5) << "the nearest of clip 0 has none";
  EXPECT_EQ(scores.recall[1], 1);
  EXPECT_FALSE(recall_of(std::vector<float>{1, 0}, std::vector<float>{1}, 1).recall[0]) << "a single clip";
  EXPECT_FALSE(recall_of(vectors, std::vector<float>(3), 1).recall[0]) << "no labels";
}

TEST(Recall, OfManyClipsIsThatOfTheDefinition) {
  // More clips than go through a product at a time; on a circle, with labels of its quarters.
  constexpr std::size_t kClips = 300;
  std::vector<float> vectors, targets(4 * kClips);
  for (std::size_t i = 0; i < kClips; ++i) {
    const double angle = 2 * 3.14159265358979 * static_cast<double>(i * 7 % kClips) / kClips;
    vectors.push_back(static_cast<float>(std::cos(angle)));
    vectors.push_back(static_cast<float>(std::sin(angle)));
    targets[4 * i + static_cast<std::size_t>(2 * angle / 3.14159265358979)] = 1;
  }
  const RetrievalScores scores = recall_of(vectors, targets, 4);
  EXPECT_EQ(scores.queries, kClips);
  EXPECT_GT(*scores.recall[0], 0.97);
  EXPECT_EQ(scores.recall[3], 1);
}

TEST(Recall, VectorsAreScaledToUnitLength) {
  std::vector<float> vectors = {3, 4, 0, 0};
  scale_to_unit_length(vectors, 2);
  EXPECT_FLOAT_EQ(vectors[0], 0.6f);
  EXPECT_FLOAT_EQ(vectors[1], 0.8f);
  EXPECT_EQ(vectors[2], 0);
}

}  // namespace
}  // namespace sonograd::train
