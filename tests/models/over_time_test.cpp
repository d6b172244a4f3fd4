#include "models/tagging/over_time.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonograd::models {
namespace {

using testing::ElementsAre;
using testing::FieldsAre;

TEST(Stretches, OfClassesJoinPartsWithTheSameHighestScore) {
  const std::vector<ScoredPart> parts = {
      {0, 1, {0.9f, 0.1f}}, {1, 2, {0.6f, 0.4f}}, {2, 3, {0.2f, 0.8f}}, {3, 4, {0.7f, 0.3f}}};
  EXPECT_THAT(stretches_of(parts, Output::softmax, {}),
              ElementsAre(FieldsAre(0, 2, 0), FieldsAre(2, 3, 1), FieldsAre(3, 4, 0)));
}

TEST(Stretches, OfTagsAreThoseThatReachTheirThresholds) {
  const std::vector<ScoredPart> parts = {{0, 1, {0.5f, 0.3f}}, {1, 2, {0.4f, 0.3f}}, {2, 3, {0.9f, 0.2f}}};
  const std::vector<double> thresholds = {0.5, 0.25};
  EXPECT_THAT(stretches_of(parts, Output::sigmoid, thresholds),
              ElementsAre(FieldsAre(0, 1, 0), FieldsAre(0, 2, 1), FieldsAre(2, 3, 0)));
}

TEST(Stretches, EndWhereTheNextPartBeginsAndBeforeGaps) {
  const std::vector<ScoredPart> overlapping = {{0, 4, {1, 0}}, {2, 6, {0, 1}}};
  EXPECT_THAT(stretches_of(overlapping, Output::softmax, {}),
              ElementsAre(FieldsAre(0, 2, 0), FieldsAre(2, 6, 1)));
  const std::vector<ScoredPart> apart = {{0, 4, {1, 0}}, {10, 14, {1, 0}}};
  EXPECT_THAT(stretches_of(apart, Output::softmax, {}),
              ElementsAre(FieldsAre(0, 4, 0), FieldsAre(10, 14, 0)));
  EXPECT_TRUE(stretches_of({}, Output::softmax, {}).empty());
}

TEST(HighestScores, AreThoseOfAnyPart) {
  const std::vector<ScoredPart> parts = {{0, 1, {0.5f, 0.3f}}, {1, 2, {0.4f, 0.8f}}};
  EXPECT_THAT(highest_scores(parts), ElementsAre(0.5f, 0.8f));
}

}  // namespace
}  // namespace sonograd::models
