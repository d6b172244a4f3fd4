#include "train/optim/objective.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/random_tensor.h"
#include "tests/train/table_files.h"

namespace sonograd::train {
namespace {

LabelsTable table() {
  return table_of(
      "path\tlabel\ttags\n"
      "a\trock\tx:0.7\n"
      "b\tjazz\tx,y\n"
      "c\trock\ty\n"
      "d\trock\tx,z\n");
}

class ObjectiveTest : public testing::TestWithParam<Task> {
 protected:
  static constexpr std::size_t kRows[] = {0, 1, 2, 3};

  double training_loss(std::span<const float> targets) const {
    const Objective objective(settings_, labels_, clips_);
    const Tensor prepared = Tensor::empty(logits_.shape());
    objective.prepare_targets(targets, 4, prepared.span<float>());
    return objective.training_loss(Variable(logits_), prepared).data().item();
  }
  /// Mean over rows of the validation loss, per row weighted by `weight`.
  double validation_loss() const {
    const Objective objective(settings_, labels_, clips_);
    double sum = 0;
    for (std::size_t row = 0; row < 4; ++row) {
      sum += objective.validation_loss(logits_.span<float>().subspan(row * labels_.size(), labels_.size()),
                                       clips_.target(row));
    }
    return sum / 4;
  }

  Settings settings_;
  LabelSet labels_ = LabelSet::collect(table(), GetParam());
  ClipList clips_{table(), labels_, kRows};
  Tensor logits_ = random_tensor({4, static_cast<std::int64_t>(labels_.size())});
};

TEST_P(ObjectiveTest, TrainingAndValidationAgreeWithoutSmoothingAndWeights) {
  EXPECT_NEAR(training_loss(clips_.targets), validation_loss(), 1e-6);
}

TEST_P(ObjectiveTest, SmoothingMovesTargetsTowardsIgnorance) {
  const double plain = validation_loss();
  settings_.train.label_smoothing = 0.2;
  EXPECT_NEAR(validation_loss(), plain, 1e-12) << "validation does not smooth";
  std::vector<float> moved = clips_.targets;
  for (float& target : moved) target = 0.8f * target + 0.2f / 2;  // two labels, or tags: towards one half
  const double smoothed = training_loss(clips_.targets);
  settings_.train.label_smoothing = 0;
  EXPECT_NEAR(smoothed, training_loss(moved), 1e-6);
}

INSTANTIATE_TEST_SUITE_P(Tasks, ObjectiveTest, testing::Values(Task::multi_label, Task::multi_class),
                         [](const auto& test) { return std::string(name_of(test.param)); });

using TagObjective = ObjectiveTest;
INSTANTIATE_TEST_SUITE_P(Tags, TagObjective, testing::Values(Task::multi_label));

TEST_P(TagObjective, SquaresTheErrorOfChosenTags) {
  settings_.loss.mse_tags = {"x"};
  EXPECT_NEAR(training_loss(clips_.targets), validation_loss(), 1e-6);
  const Objective objective(settings_, labels_, clips_);
  const std::vector<float> logits = {1.5f, -100, 100}, targets = {0.7f, 0, 1};
  EXPECT_NEAR(objective.validation_loss(logits, targets), std::pow(1 / (1 + std::exp(-1.5)) - 0.7, 2) / 3,
              1e-7);
  settings_.loss.mse_tags = {"nothing"};
  EXPECT_THROW(Objective(settings_, labels_, clips_), ConfigError);
}

TEST_P(TagObjective, SquaresTheErrorsOfAllProbabilities) {
  settings_.loss.name = LossKind::mse;
  EXPECT_NEAR(training_loss(clips_.targets), validation_loss(), 1e-6);
  const Objective objective(settings_, labels_, clips_);
  const std::vector<float> logits = {1.5f, -0.5f, 100}, targets = {0.7f, 0, 1};
  const double first = 1 / (1 + std::exp(-1.5)) - 0.7, second = 1 / (1 + std::exp(0.5));
  EXPECT_NEAR(objective.validation_loss(logits, targets), (first * first + second * second) / 3, 1e-7);
}

TEST_P(TagObjective, BalancedWeightsHaveMeanOneAndFollowRarity) {
  settings_.train.label_weights = LabelWeights::balanced;
  // x: 3 clips (0.7 counts), y: 2, z: 1.
  const double mean = (1.0 / 3 + 1.0 / 2 + 1.0) / 3;
  const std::vector<float> targets(12, 0.5f);
  double expected = 0;
  const auto logits = logits_.span<float>();
  for (std::size_t i = 0; i < 12; ++i) {
    const double support[] = {3, 2, 1};
    const double x = logits[i];
    expected += (std::log1p(std::exp(x)) - 0.5 * x) / support[i % 3] / mean / 12;
  }
  EXPECT_NEAR(training_loss(targets), expected, 1e-5);
}

TEST_P(TagObjective, WeighsPositiveTargets) {
  settings_.train.positive_weight = 4;
  settings_.train.label_weights = LabelWeights::balanced;
  const double mean = (1.0 / 3 + 1.0 / 2 + 1.0) / 3;
  double expected = 0;
  for (std::size_t i = 0; i < 12; ++i) {
    const double x = logits_.span<float>()[i], target = clips_.targets[i], support[] = {3, 2, 1};
    const double loss = 4 * target * std::log1p(std::exp(-x)) + (1 - target) * std::log1p(std::exp(x));
    expected += loss / support[i % 3] / mean / 12;
  }
  EXPECT_NEAR(training_loss(clips_.targets), expected, 1e-6);
  const double weighted = validation_loss();
  settings_.train = {};
  EXPECT_EQ(validation_loss(), weighted) << "validation weighs nothing";
}

TEST_P(TagObjective, HasNoPositiveWeightOfSquaredErrors) {
  settings_.train.positive_weight = 4;
  settings_.loss.mse_tags = {"x"};
  EXPECT_THROW(Objective(settings_, labels_, clips_), ConfigError);
  settings_.loss = {.name = LossKind::mse, .mse_tags = {}};
  EXPECT_THROW(Objective(settings_, labels_, clips_), ConfigError);
}

using LabelObjective = ObjectiveTest;
INSTANTIATE_TEST_SUITE_P(Label, LabelObjective, testing::Values(Task::multi_class));

TEST_P(LabelObjective, BalancedWeightsWeighExamplesByTheirLabel) {
  settings_.train.label_weights = LabelWeights::balanced;
  // jazz has one clip and rock three: weights 1.5 and 0.5.
  const Objective objective(settings_, labels_, clips_);
  double expected = 0;
  for (std::size_t row = 0; row < 4; ++row) {
    const double loss =
        objective.validation_loss(logits_.span<float>().subspan(row * 2, 2), clips_.target(row));
    expected += (row == 1 ? 1.5 : 0.5) * loss / 4;
  }
  EXPECT_NEAR(training_loss(clips_.targets), expected, 1e-6);
}

TEST_P(LabelObjective, HasNoSquaredErrors) {
  settings_.loss.mse_tags = {"rock"};
  EXPECT_THROW(Objective(settings_, labels_, clips_), ConfigError);
  settings_.loss = {.name = LossKind::mse, .mse_tags = {}};
  EXPECT_THROW(Objective(settings_, labels_, clips_), ConfigError);
}

TEST_P(LabelObjective, HasNoPositiveWeight) {
  settings_.train.positive_weight = 4;
  EXPECT_THROW(Objective(settings_, labels_, clips_), ConfigError);
}

TEST_P(LabelObjective, AStepWithoutALabelHasNoLoss) {
  settings_.train.label_smoothing = 0.2;
  std::vector<float> targets = clips_.targets;
  std::fill_n(targets.begin() + 2, 2, 0.0f);
  const double with_three = training_loss(targets);
  double sum = 0;
  for (const std::size_t row : {0, 2, 3}) {
    const Objective one(settings_, labels_, clips_);
    const Tensor prepared = Tensor::empty({1, 2});
    one.prepare_targets(clips_.target(row), 1, prepared.span<float>());
    sum +=
        one.training_loss(Variable(logits_.rows(static_cast<std::int64_t>(row), 1)), prepared).data().item();
  }
  EXPECT_NEAR(with_three, sum / 3, 1e-6);
}

TEST_P(LabelObjective, BalancesSecondsOfSegments) {
  clips_.times = {{{{0, 3, 0}, {3, 4, 1}}, 2}};
  settings_.train.label_weights = LabelWeights::balanced;
  const Objective objective(settings_, labels_, clips_);
  const Tensor prepared = Tensor::empty({2, 2});
  objective.prepare_targets(std::vector<float>{1, 0, 0, 1}, 2, prepared.span<float>());
  EXPECT_THAT(prepared.span<float>(), testing::ElementsAre(-0.5f, 0, 0, -1.5f));
}

}  // namespace
}  // namespace sonograd::train
