// [threads]
#include "train/eval/evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "autograd/ops/copy.h"
#include "models/core/model_error.h"
#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"
#include "train/eval/thresholds.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::FloatNear;

/// Chunks of two samples are their own logits.
class Echo final : public models::Network {
 public:
  Echo() : Network({.sample_rate = kTestRate, .samples = 2}, 2) { train(false); }
  Tensor features(const Tensor& waveforms) const override { return waveforms; }
  void forward(const Variable& features, models::Outputs& outputs) const override {
    outputs.set(models::kLogits, features);
  }
};

models::ModelDraft echo(models::Output output) {
  models::ModelDescription about;
  about.labels = {"a", "b"};
  about.output = output;
  return {about, std::make_unique<Echo>()};
}

class EvaluatorTest : public testing::Test {
 protected:
  /// A clip with these samples, in units of one half of full scale.
  void add_clip(const char* label, const std::vector<float>& samples) {
    const std::string name = concat(count_++, ".wav");
    std::vector<float> scaled;
    for (const float sample : samples) scaled.push_back(sample / 2);
    audio::write_sound(folder_ / name, scaled, kTestRate, audio::Encoding::wav_float);
    text_ += concat(name, '\t', label, '\n');
  }
  ClipList clips(Task task = Task::multi_class) const {
    const LabelsTable table(folder_, TsvTable("labels.tsv", text_));
    const LabelSet labels(task, {"a", "b"});
    return {table, labels, labels.usable_rows(table)};
  }
  EvaluateOptions options() const {
    EvaluateOptions options;
    options.rule = models::ChunkRule::of(models::ModelDescription(), Echo().input());
    options.batch = 3;
    return options;
  }

  std::filesystem::path folder_ = test_folder();
  std::string text_ = "path\tlabel\n";
  int count_ = 0;
  ClipReader reader_{kTestRate, models::Pcm::as_decoded, nullptr};
};

float softmax_of_first(float a, float b) {
  return 1 / (1 + std::exp(b - a));
}

TEST_F(EvaluatorTest, CountsEveryChunkAtInstanceLevel) {
  add_clip("a", {1, 0, 0, 1, 1});  // (1, 0), (0, 1), (1, 1)
  add_clip("b", {0, 1});
  const models::ModelDraft model = echo(models::Output::softmax);
  EvaluateOptions instances = options();
  instances.level = Level::instance;
  instances.loss = [](std::span<const float> logits, std::span<const float>) { return logits[0]; };
  const auto result = evaluate(*model.network, model.about, clips(), reader_, instances);
  ASSERT_TRUE(result);
  EXPECT_THAT(result->rows, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(result->targets, ElementsAre(1, 0, 1, 0, 1, 0, 0, 1));
  ASSERT_EQ(result->scores.size(), 8u);
  EXPECT_NEAR(result->scores[0], softmax_of_first(0.5f, 0), 1e-6);
  EXPECT_NEAR(result->scores[2], softmax_of_first(0, 0.5f), 1e-6);
  EXPECT_NEAR(result->scores[4], 0.5, 1e-6);
  EXPECT_NEAR(result->scores[6], softmax_of_first(0, 0.5f), 1e-6);
  EXPECT_NEAR(*result->loss, (1.0 / 3 + 0) / 2, 1e-6) << "the mean over clips, as at song level";
}

TEST_F(EvaluatorTest, AveragesTheChunksOfEachClip) {
  add_clip("a", {1, 0, 0, 1, 1});  // the last chunk is right-aligned: (1, 1)
  add_clip("b", {0, 1});
  add_clip("a", {0, 0.5});
  const models::ModelDraft model = echo(models::Output::softmax);
  const auto result = evaluate(*model.network, model.about, clips(), reader_, options());
  ASSERT_TRUE(result);
  const float first =
      (softmax_of_first(0.5f, 0) + softmax_of_first(0, 0.5f) + softmax_of_first(0.5f, 0.5f)) / 3;
  EXPECT_THAT(result->scores, ElementsAre(FloatNear(first, 1e-6f), FloatNear(1 - first, 1e-6f),
                                          FloatNear(softmax_of_first(0, 0.5f), 1e-6f), testing::_,
                                          FloatNear(softmax_of_first(0, 0.25f), 1e-6f), testing::_));
  EXPECT_NEAR(*result->accuracy(), 2.0 / 3, 1e-12);
  EXPECT_EQ(result->confusion->at(0, 1), 1u);
  EXPECT_EQ(result->loss, std::nullopt);
}

TEST_F(EvaluatorTest, ScoresClipsThatAreTooLongForMemoryAllTheSame) {
  add_clip("a", {1, 0, 0, 1, 1});
  add_clip("b", {0, 1});
  add_clip("a", {0, 0.5, 0.25, 0.75, 1, 0.5, 0});
  const models::ModelDraft model = echo(models::Output::softmax);
  const auto expected = evaluate(*model.network, model.about, clips(), reader_, options());
  reader_ = ClipReader(kTestRate, models::Pcm::as_decoded, nullptr, {.max_bytes = 4 * sizeof(float)});
  const auto result = evaluate(*model.network, model.about, clips(), reader_, options());
  ASSERT_TRUE(expected && result);
  EXPECT_EQ(result->scores, expected->scores);
  EXPECT_EQ(result->rows, expected->rows);
  EXPECT_TRUE(result->unreadable.empty());
}

TEST_F(EvaluatorTest, StopsWithinAClipThatIsTooLongForMemory) {
  add_clip("a", std::vector<float>(200));
  const models::ModelDraft model = echo(models::Output::softmax);
  reader_ = ClipReader(kTestRate, models::Pcm::as_decoded, nullptr, {.max_bytes = 4});
  EvaluateOptions stopped = options();
  int asked = 0;
  stopped.progress = [&](std::size_t, std::size_t) { return ++asked < 20; };
  EXPECT_FALSE(evaluate(*model.network, model.about, clips(), reader_, stopped));
  EXPECT_EQ(asked, 20) << "asked for every chunk";
}

TEST_F(EvaluatorTest, TakesTheLossOverChunksThenClips) {
  add_clip("a", {1, 0, 0, 1});
  add_clip("b", {0, 1});
  const models::ModelDraft model = echo(models::Output::softmax);
  EvaluateOptions with_loss = options();
  with_loss.loss = [](std::span<const float> logits, std::span<const float> targets) {
    return double{logits[0]} + 10 * double{targets[1]};
  };
  const auto result = evaluate(*model.network, model.about, clips(), reader_, with_loss);
  EXPECT_NEAR(*result->loss, ((0.5 + 0) / 2 + 10) / 2, 1e-6);
}

TEST_F(EvaluatorTest, CutsEquallySpacedChunksOnRequest) {
  add_clip("a", {1, 0, 0, 1, 0, 1, 0, 1});
  const models::ModelDraft model = echo(models::Output::softmax);
  EvaluateOptions published = options();
  published.rule.count = 2;  // at 0 and 3
  const auto result = evaluate(*model.network, model.about, clips(), reader_, published);
  EXPECT_NEAR(result->scores[0], softmax_of_first(0.5f, 0), 1e-6);
}

TEST_F(EvaluatorTest, ListsClipsThatCannotBeReadAndScoresTheOthers) {
  add_clip("a", {1, 0});
  add_clip("b", {0, 1});
  add_clip("b", {0, 1});
  std::filesystem::remove(folder_ / "1.wav");
  const models::ModelDraft model = echo(models::Output::softmax);
  const auto result = evaluate(*model.network, model.about, clips(), reader_, options());
  EXPECT_THAT(result->rows, ElementsAre(0, 2));
  ASSERT_EQ(result->unreadable.size(), 1u);
  EXPECT_EQ(result->unreadable[0].row, 1u);
  EXPECT_EQ(result->unreadable[0].path, "1.wav");
  EXPECT_EQ(result->accuracy(), 1.0);
}

TEST_F(EvaluatorTest, StopsOnRequest) {
  add_clip("a", {1, 0});
  add_clip("b", {0, 1});
  const models::ModelDraft model = echo(models::Output::softmax);
  EvaluateOptions impatient = options();
  impatient.progress = [](std::size_t done, std::size_t total) {
    EXPECT_EQ(total, 2u);
    return done < 1;
  };
  EXPECT_EQ(evaluate(*model.network, model.about, clips(), reader_, impatient), std::nullopt);
}

TEST_F(EvaluatorTest, RefusesAModelWithOtherLabels) {
  add_clip("a", {1, 0});
  models::ModelDraft model = echo(models::Output::softmax);
  model.about.labels.push_back("c");
  EXPECT_THROW(evaluate(*model.network, model.about, clips(), reader_, options()), models::ModelError);
}

TEST(BestThresholds, MaximiseF1OfEachTag) {
  Evaluation evaluation;
  evaluation.tags.tags.resize(3);
  evaluation.rows = {0, 1, 2, 3};
  evaluation.targets = {1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0};
  evaluation.scores = {0.9f, 0.9f, 0.1f, 0.6f, 0.8f, 0.2f, 0.7f, 0.7f, 0.3f, 0.2f, 0.7f, 0.4f};
  // First tag: 0.9+ 0.7- 0.6+ 0.2+: all four give 6/7, the best. Second: 0.9- 0.8- 0.7+ 0.7+. Third: never.
  const auto thresholds = best_thresholds(evaluation);
  ASSERT_EQ(thresholds.size(), 3u);
  EXPECT_FLOAT_EQ(static_cast<float>(thresholds[0]), 0.2f);
  EXPECT_FLOAT_EQ(static_cast<float>(thresholds[1]), 0.7f);
  EXPECT_EQ(thresholds[2], 0.5);
}

/// Chunks of four samples are the logits of two steps.
class EchoSteps final : public models::Network {
 public:
  EchoSteps() : Network({.sample_rate = kTestRate, .samples = 4}, 2) { train(false); }
  Tensor features(const Tensor& waveforms) const override { return waveforms; }
  void forward(const Variable& features, models::Outputs& outputs) const override {
    const Variable steps = reshape(features, {features.shape()[0], 2, 2});
    outputs.set(models::kStepLogits, steps);
    outputs.set(models::kLogits, reshape(slice(steps, 1, 0, 1), {features.shape()[0], 2}));
  }
  std::vector<models::OutputInfo> outputs() const override { return {logits_info(), step_logits_info(2)}; }
};

class StepEvaluation : public EvaluatorTest {
 protected:
  StepEvaluation() { text_ = "path\tsegments\n"; }
  /// Times of the segments in samples.
  static std::string segment(int begin, int end, const char* label) {
    return concat(static_cast<double>(begin) / kTestRate, ' ', static_cast<double>(end) / kTestRate, ' ',
                  label);
  }
  ClipList step_clips(Task task = Task::multi_class) const {
    const LabelsTable table(folder_, TsvTable("labels.tsv", text_));
    const LabelSet labels(task, {"a", "b"}, TargetsOf::step);
    return {table, labels, labels.usable_rows(table)};
  }
  static EvaluateOptions step_options() {
    EvaluateOptions options;
    options.rule = models::ChunkRule::of(models::ModelDescription(), EchoSteps().input());
    return options;
  }
  models::ModelDraft model_{echo(models::Output::softmax).about, std::make_unique<EchoSteps>()};
};

TEST_F(StepEvaluation, ScoresEveryPartOfAClipOnce) {
  // The second chunk begins at 2: its first step lies in the first chunk.
  add_clip(concat(segment(0, 2, "a"), "; ", segment(2, 6, "b")).c_str(), {1, 0, 0, 0.5, 0.25, 0.75});
  add_clip(segment(0, 2, "a").c_str(), {0, 1, 1, 1});  // its second step has no label
  EvaluateOptions options = step_options();
  std::vector<std::size_t> counts;
  options.loss = [&](std::span<const float> logits, std::span<const float> targets) {
    EXPECT_EQ(logits.size(), targets.size());
    counts.push_back(logits.size() / 2);
    return logits[0];
  };
  const auto result = evaluate(*model_.network, model_.about, step_clips(), reader_, options);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->has_steps);
  EXPECT_THAT(result->rows, ElementsAre(0, 0, 0, 1));
  EXPECT_THAT(result->targets, ElementsAre(1, 0, 0, 1, 0, 1, 1, 0));
  ASSERT_EQ(result->scores.size(), 8u);
  EXPECT_NEAR(result->scores[0], softmax_of_first(0.5f, 0), 1e-6);
  EXPECT_NEAR(result->scores[4], softmax_of_first(0.125f, 0.375f), 1e-6);
  EXPECT_NEAR(result->scores[6], softmax_of_first(0, 0.5f), 1e-6);
  EXPECT_NEAR(*result->accuracy(), 0.75, 1e-12);
  EXPECT_THAT(counts, ElementsAre(3u, 1u));
  EXPECT_NEAR(*result->loss, (0.5 + 0) / 2, 1e-6) << "the mean over clips";
}

TEST_F(StepEvaluation, IsTheSameForClipsThatAreTooLongForMemory) {
  add_clip(concat(segment(0, 5, "a"), "; ", segment(5, 9, "b")).c_str(), {1, 0, 0, 1, 1, 0.5, 0, 1, 0.25});
  const auto expected = evaluate(*model_.network, model_.about, step_clips(), reader_, step_options());
  reader_ = ClipReader(kTestRate, models::Pcm::as_decoded, nullptr, {.max_bytes = 4 * sizeof(float)});
  const auto result = evaluate(*model_.network, model_.about, step_clips(), reader_, step_options());
  ASSERT_TRUE(expected && result);
  EXPECT_EQ(result->scores, expected->scores);
  EXPECT_EQ(result->targets, expected->targets);
}

TEST_F(StepEvaluation, OfTagsKeepsStepsWithoutAny) {
  add_clip(concat(segment(0, 4, "a"), "; ", segment(2, 4, "b")).c_str(), {1, 0, 0.5, 0.25});
  add_clip(segment(0, 0, "a").c_str(), {0, 1, 1, 1});
  model_.about.output = models::Output::sigmoid;
  const auto result =
      evaluate(*model_.network, model_.about, step_clips(Task::multi_label), reader_, step_options());
  ASSERT_TRUE(result);
  EXPECT_THAT(result->targets, ElementsAre(1, 0, 1, 1, 0, 0, 0, 0));
  EXPECT_NEAR(result->scores[0], 1 / (1 + std::exp(-0.5f)), 1e-6);
  EXPECT_FALSE(result->confusion);
}

TEST_F(StepEvaluation, RequiresANetworkWithSteps) {
  add_clip(segment(0, 2, "a").c_str(), {0, 1});
  const models::ModelDraft model = echo(models::Output::softmax);
  EXPECT_THROW(evaluate(*model.network, model.about, step_clips(), reader_, options()), models::ModelError);
}

}  // namespace
}  // namespace sonograd::train
