#include "train/eval/metrics.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

#include "tensor/random.h"
#include "tensor/support/error.h"

namespace sonograd::train {
namespace {

constexpr double kDigits = 1e-7;  // precision of the worked values

// Six clips, three tags.
constexpr float kTargets[] = {1, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1};
constexpr float kScores[] = {.9f, .2f, .5f, .4f, .7f, .5f, .4f, .1f, .6f,
                             .3f, .3f, .2f, .6f, .6f, .4f, .1f, .8f, .5f};

/// The definition: pairs of a positive and a negative, one by one.
double roc_auc_by_pairs(const std::vector<float>& targets, const std::vector<float>& scores) {
  double right = 0;
  double pairs = 0;
  for (std::size_t p = 0; p < targets.size(); ++p) {
    for (std::size_t n = 0; n < targets.size(); ++n) {
      if (targets[p] < 0.5f || targets[n] >= 0.5f) continue;
      pairs += 1;
      right += scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0;
    }
  }
  return right / pairs;
}

/// The definition: precision and recall at each positive's own threshold.
double average_precision_by_thresholds(const std::vector<float>& targets, const std::vector<float>& scores) {
  double sum = 0;
  double positives = 0;
  for (std::size_t p = 0; p < targets.size(); ++p) {
    if (targets[p] < 0.5f) continue;
    double found = 0;
    double seen = 0;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (scores[i] < scores[p]) continue;
      seen += 1;
      found += targets[i] >= 0.5f;
    }
    sum += found / seen;
    positives += 1;
  }
  return sum / positives;
}

TEST(Metrics, GiveTheWorkedValuesOfOneTag) {
  const float targets[] = {1, 0, 1, 1, 0, 0, 1, 0};
  const float scores[] = {.9f, .8f, .8f, .7f, .7f, .7f, .2f, .1f};
  EXPECT_DOUBLE_EQ(*roc_auc(targets, scores), 0.65625);
  EXPECT_NEAR(*average_precision(targets, scores), 0.6845238095, 1e-10);
}

TEST(Metrics, GiveTheWorkedValuesOfAMatrix) {
  const TagMetrics metrics = tag_metrics(kTargets, kScores, 3);
  ASSERT_EQ(metrics.tags.size(), 3u);
  EXPECT_EQ(metrics.one_class_tags, 0u);
  const std::size_t kSupport[] = {4, 3, 3};
  const double kRocAuc[] = {.6875, .6666667, .6666667};
  const double kPrecision[] = {.8541667, .8333333, .75};
  const double kF1[] = {.6666667, .6666667, .8571429};
  for (std::size_t tag = 0; tag < 3; ++tag) {
    EXPECT_EQ(metrics.tags[tag].support, kSupport[tag]);
    EXPECT_NEAR(*metrics.tags[tag].roc_auc, kRocAuc[tag], kDigits);
    EXPECT_NEAR(*metrics.tags[tag].average_precision, kPrecision[tag], kDigits);
    EXPECT_NEAR(*metrics.tags[tag].f1, kF1[tag], kDigits);
  }
  EXPECT_NEAR(*metrics.roc_auc.macro, .6736111, kDigits);
  EXPECT_NEAR(*metrics.roc_auc.micro, .6750000, kDigits);
  EXPECT_NEAR(*metrics.roc_auc.weighted, .6750000, kDigits);
  EXPECT_NEAR(*metrics.average_precision.macro, .8125000, kDigits);
  EXPECT_NEAR(*metrics.average_precision.micro, .7777778, kDigits);
  EXPECT_NEAR(*metrics.average_precision.weighted, .8166667, kDigits);
  EXPECT_NEAR(*metrics.f1.macro, .7301587, kDigits);
  EXPECT_NEAR(*metrics.f1.micro, .7368421, kDigits);
  EXPECT_NEAR(*metrics.f1.weighted, .7238095, kDigits);
}

TEST(Metrics, AgreeWithTheDefinitionsOnRandomScoresWithTies) {
  for (std::uint32_t trial = 0; trial < 50; ++trial) {
    Random random({.step = trial});
    const std::size_t n = 2 + random.below(80);
    const std::size_t levels = 1 + random.below(40);  // few levels: many ties
    std::vector<float> targets(n);
    std::vector<float> scores(n);
    for (std::size_t i = 0; i < n; ++i) {
      targets[i] = random.uniform();
      scores[i] = static_cast<float>(random.below(levels)) - 10;
    }
    targets[0] = 1;
    targets[1] = 0;
    EXPECT_NEAR(*roc_auc(targets, scores), roc_auc_by_pairs(targets, scores), 1e-12);
    EXPECT_NEAR(*average_precision(targets, scores), average_precision_by_thresholds(targets, scores), 1e-12);
  }
}

TEST(Metrics, KnowPerfectInvertedAndUninformativeScores) {
  const float targets[] = {0, 0, 1, 1};
  const float rising[] = {1, 2, 3, std::numeric_limits<float>::infinity()};
  const float falling[] = {4, 3, 2, 1};
  const float equal[] = {1, 1, 1, 1};
  EXPECT_EQ(roc_auc(targets, rising), 1);
  EXPECT_EQ(average_precision(targets, rising), 1);
  EXPECT_EQ(roc_auc(targets, falling), 0);
  EXPECT_EQ(roc_auc(targets, equal), 0.5);
  EXPECT_EQ(average_precision(targets, equal), 0.5);
}

TEST(Metrics, CountGradesFromOneHalfAsPositive) {
  const float graded[] = {0.5f, 0.49f, 1, 0};
  const float scores[] = {4, 3, 2, 1};
  EXPECT_EQ(roc_auc(graded, scores), 0.75);
}

TEST(Metrics, AreUndefinedForOneClass) {
  const float ones[] = {1, 1};
  const float zeros[] = {0, 0};
  const float scores[] = {.2f, .8f};
  EXPECT_EQ(roc_auc(ones, scores), std::nullopt);
  EXPECT_EQ(roc_auc(zeros, scores), std::nullopt);
  EXPECT_EQ(average_precision(ones, scores), std::nullopt);
  EXPECT_EQ(average_precision(zeros, scores), std::nullopt);
  EXPECT_EQ(roc_auc({}, {}), std::nullopt);
}

TEST(Metrics, LeaveOneClassTagsOutOfTheMeans) {
  // Tag 0 has both classes, tag 1 none, tag 2 only positives.
  const float targets[] = {1, 0, 1, 0, 0, 1};
  const float scores[] = {.9f, .9f, .1f, .2f, .1f, .7f};
  const TagMetrics metrics = tag_metrics(targets, scores, 3);
  EXPECT_EQ(metrics.one_class_tags, 2u);
  EXPECT_EQ(metrics.tags[1].roc_auc, std::nullopt);
  EXPECT_EQ(metrics.tags[1].support, 0u);
  EXPECT_EQ(metrics.tags[2].average_precision, std::nullopt);
  EXPECT_EQ(metrics.tags[2].support, 2u);
  EXPECT_EQ(metrics.roc_auc.macro, 1);
  EXPECT_EQ(metrics.average_precision.weighted, 1);
  EXPECT_EQ(metrics.f1.macro, 1);
  EXPECT_LT(*metrics.roc_auc.micro, 1);
}

TEST(Metrics, AreAllUndefinedForNoClips) {
  const TagMetrics metrics = tag_metrics({}, {}, 2);
  EXPECT_EQ(metrics.one_class_tags, 2u);
  EXPECT_EQ(metrics.roc_auc.macro, std::nullopt);
  EXPECT_EQ(metrics.roc_auc.micro, std::nullopt);
}

TEST(Metrics, TakeTheThresholdAsInside) {
  const float targets[] = {1, 0, 1};
  const float scores[] = {.5f, .4f, .3f};
  EXPECT_DOUBLE_EQ(f1_score(targets, scores), 2.0 / 3);
  EXPECT_DOUBLE_EQ(f1_score(targets, scores, 0.3f), 0.8);
  const float zeros[] = {0, 0, 0};
  EXPECT_EQ(f1_score(zeros, scores, 0.9f), 0);
}

TEST(ThresholdScores, TakeTheThresholdOfEachTag) {
  // Tag 0: decisions + + - at 0.3 for truths + - +. Tag 1: - + - at 0.8 for truths - + -. Tag 2 has one class.
  const float targets[] = {1, 0, 1, 0, 1, 1, 1, 0, 1};
  const float scores[] = {.9f, .7f, .1f, .3f, .8f, .2f, .2f, .1f, .3f};
  const double thresholds[] = {0.25, 0.75, 0.5};
  const ThresholdScores result = threshold_scores(targets, scores, thresholds);
  ASSERT_EQ(result.f1.size(), 3u);
  EXPECT_DOUBLE_EQ(*result.f1[0], 0.5);
  EXPECT_DOUBLE_EQ(*result.f1[1], 1);
  EXPECT_EQ(result.f1[2], std::nullopt);
  EXPECT_DOUBLE_EQ(*result.averages.macro, 0.75);
  EXPECT_DOUBLE_EQ(*result.averages.weighted, (2 * 0.5 + 1) / 3);
  EXPECT_DOUBLE_EQ(*result.averages.micro, 2.0 * 2 / (2 * 2 + 1 + 4));
  EXPECT_THROW(threshold_scores(targets, scores, std::span(thresholds).first(2)), ShapeError);
  EXPECT_THROW(threshold_scores(targets, scores, {}), ShapeError);
}

TEST(ThresholdScores, EqualTagMetricsForOneThreshold) {
  const double halves[] = {0.5, 0.5};
  const float targets[] = {1, 0, 1, 0, 0, 1, 1, 1};
  const float scores[] = {.9f, .6f, .1f, .3f, .8f, .5f, .2f, .4f};
  const TagMetrics metrics = tag_metrics(targets, scores, 2);
  const ThresholdScores result = threshold_scores(targets, scores, halves);
  for (std::size_t tag = 0; tag < 2; ++tag) EXPECT_EQ(result.f1[tag], metrics.tags[tag].f1);
  EXPECT_EQ(result.averages.macro, metrics.f1.macro);
  EXPECT_EQ(result.averages.micro, metrics.f1.micro);
  EXPECT_EQ(result.averages.weighted, metrics.f1.weighted);
}

TEST(Metrics, RefuseNaNAndUnevenSizes) {
  const float targets[] = {1, 0};
  const float scores[] = {std::nanf(""), 0};
  EXPECT_THROW(roc_auc(targets, scores), Error);
  EXPECT_THROW(f1_score(targets, std::span(scores).first(1)), ShapeError);
  EXPECT_THROW(tag_metrics(kTargets, kScores, 4), ShapeError);
  EXPECT_THROW(tag_metrics(kTargets, kScores, 0), ShapeError);
}

TEST(ConfusionMatrix, CountsTruthsAgainstPredictions) {
  const std::int32_t truths[] = {0, 0, 1, 2, 2};
  const float scores[] = {.8f, .1f, .1f,  // right
                          .4f, .4f, .2f,  // a tie: the lowest index, right
                          .7f, .2f, .1f,  // wrong
                          .1f, .2f, .7f,  // right
                          .1f, .8f, .1f};
  const ConfusionMatrix matrix = confusion_matrix(truths, scores, 3);
  EXPECT_THAT(matrix.counts, testing::ElementsAre(2, 0, 0, 1, 0, 0, 0, 1, 1));
  EXPECT_EQ(matrix.support(2), 2u);
  EXPECT_DOUBLE_EQ(*matrix.accuracy(), 0.6);
  EXPECT_DOUBLE_EQ(*matrix.f1(0), 0.8);
  EXPECT_DOUBLE_EQ(*matrix.f1(1), 0);
  EXPECT_DOUBLE_EQ(*matrix.f1(2), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*matrix.f1().macro, (0.8 + 2.0 / 3) / 3);
  EXPECT_DOUBLE_EQ(*matrix.f1().micro, 0.6);
  EXPECT_DOUBLE_EQ(*matrix.f1().weighted, (2 * 0.8 + 2 * 2.0 / 3) / 5);
}

TEST(ConfusionMatrix, PassesOverClassesThatNeverOccur) {
  const std::int32_t truths[] = {0};
  const float scores[] = {1, 0};
  const ConfusionMatrix matrix = confusion_matrix(truths, scores, 2);
  EXPECT_EQ(matrix.f1(1), std::nullopt);
  EXPECT_EQ(matrix.f1().macro, 1);
  EXPECT_EQ(confusion_matrix({}, {}, 2).accuracy(), std::nullopt);
}

TEST(ConfusionMatrix, RefusesClassesOutOfRange) {
  const float scores[] = {1, 0};
  for (const std::int32_t bad : {-1, 2}) {
    EXPECT_THROW(confusion_matrix(std::span(&bad, 1), scores, 2), ShapeError);
  }
  const std::int32_t truth = 0;
  EXPECT_THROW(confusion_matrix(std::span(&truth, 1), scores, 3), ShapeError);
}

}  // namespace
}  // namespace sonograd::train
