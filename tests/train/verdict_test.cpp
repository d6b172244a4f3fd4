// Words of the verdict for scores on either side of chance.
#include "train/report/verdict.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sonograd::train::report {
namespace {

TEST(Verdict, GradesAScoreOnItsSideOfChance) {
  const std::pair<double, std::string_view> grades[] = {
      {1, "very well"},
      {0.949, "well"},
      {0.7, "moderately well"},
      {0.69, "a little better than chance"},
      {0.599, "hardly better than chance"},
      {0.501, "hardly better than chance"},
      {0.5, "no better than chance"},
      {0.482, "no better than chance"},
      {0.45, "no better than chance"},
      {0.4, "worse than chance"},
      {0, "worse than chance"},
  };
  for (const auto& [roc_auc, words] : grades) EXPECT_EQ(grade_of(roc_auc), words) << roc_auc;
}

TEST(Verdict, RelatesAnIntervalToChance) {
  constexpr std::string_view kWorse = "worse than chance: clips without the label get the higher scores";
  constexpr std::string_view kUnclear = "not distinguishable from chance";
  const std::pair<Interval, std::string_view> relations[] = {
      {{0.51, 0.9}, ""},      {{0.5, 0.9}, kUnclear}, {{0.2, 0.8}, kUnclear},
      {{0.1, 0.5}, kUnclear}, {{0.1, 0.499}, kWorse}, {{0, 0.43}, kWorse},
  };
  for (const auto& [interval, words] : relations)
    EXPECT_EQ(relation_to_chance(interval), words) << interval.low << " to " << interval.high;
}

TagScores scores_of_tag(double roc_auc, std::size_t support) {
  TagScores scores;
  scores.support = support;
  scores.roc_auc = roc_auc;
  return scores;
}

TEST(Verdict, StatesForEachWeakLabelOnWhichSideOfChanceItIs) {
  constexpr std::size_t kClips = 40;
  ReportData report;
  report.test.emplace();
  report.test->labels = {"below", "unclear", "good", "best"};
  Evaluation& scores = report.test->evaluation;
  scores.tags.tags = {scores_of_tag(0.05, 20), scores_of_tag(0.45, 20), scores_of_tag(0.9, 20),
                      scores_of_tag(1, 20)};
  scores.rows.resize(kClips);
  const auto sentences = verdict(report);
  ASSERT_FALSE(sentences.empty());
  EXPECT_THAT(sentences.back(), testing::ContainsRegex(R"(below \(0\.05, [^)]*: worse than chance)"));
  EXPECT_THAT(sentences.back(), testing::ContainsRegex(R"(unclear \(0\.45, [^)]*: not distinguishable)"));
  EXPECT_THAT(sentences.back(), testing::ContainsRegex(R"(good \(0\.90, [^)]*: enough clips)"));
}

TEST(Verdict, ALossThatStillFallsNamesTheCommandThatTrainsLonger) {
  ReportData report;
  report.name = "mine";
  report.epochs = {{.epoch = 1, .valid_loss = 0.5}, {.epoch = 2, .valid_loss = 0.4}};
  EXPECT_THAT(verdict(report),
              testing::ElementsAre(testing::HasSubstr(
                  "sonograd train --config RUN/config.toml --init RUN/best.safetensors --epochs N --out ")));
  report.epochs.push_back({.epoch = 3, .valid_loss = 0.45});
  EXPECT_THAT(verdict(report), testing::ElementsAre(testing::HasSubstr("lowest after epoch 2 of 3")));
}

}  // namespace
}  // namespace sonograd::train::report
