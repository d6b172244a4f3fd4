// Runs of metric learning.
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/core/model.h"
#include "models/core/model_error.h"
#include "tests/train/run_fixture.h"
#include "train/data/data_error.h"
#include "train/data/metric_record.h"
#include "train/run/metrics_file.h"

namespace sonograd::train {
namespace {

using testing::HasSubstr;

class MetricRun : public RunTest {
 protected:
  MetricRun() {
    settings_.data.task = TaskChoice::multi_label;
    settings_.loss.name = LossKind::triplet;
    settings_.optim.lr = 3e-3;
  }
  std::string refusal() {
    return message_of<ConfigError>([&] { start("refused"); });
  }
  // A table of 24 clips, half of them for training, a quarter each for validation and tests.
  void write_tags(const std::function<std::string(int)>& tags_of) {
    std::string table = "path\ttags\tsplit\n";
    for (int i = 0; i < 24; ++i) {
      const char* const split = i < 12 ? "train" : i < 18 ? "valid" : "test";
      table += concat(i, ".wav\t", tags_of(i), '\t', split, '\n');
    }
    write_text(folder_ / "data" / "labels.tsv", table);
  }
};

std::string one_of_two(int clip) {
  return clip % 2 ? "a" : "b";
}

TEST_F(MetricRun, ResumesToTheSameBits) {
  settings_.triplet.mining = TripletMining::semi_hard;
  settings_.triplet.distance = TripletDistance::euclidean;
  ASSERT_TRUE(start("whole").finished);
  EXPECT_FALSE(start("parts", stop_after(4)).finished);
  ASSERT_TRUE(resume("parts").finished);
  expect_same_files("whole", "parts");
  const auto model = models::load_model(path("whole") / "best.safetensors");
  const auto metric = MetricRecord::of(model->about());
  ASSERT_TRUE(metric);
  EXPECT_EQ(metric->output, "penultimate");
  EXPECT_EQ(metric->distance, TripletDistance::euclidean);
  EXPECT_TRUE(model->about().thresholds.empty());
  EXPECT_THAT(message_of<models::ModelError>([&] { require_scores(model->about(), "m"); }),
              HasSubstr("m: the model was trained by triplets for its output penultimate"));
}

TEST_F(MetricRun, BringsClipsWithLabelsInCommonTogether) {
  settings_.train.epochs = 10;
  ASSERT_TRUE(start("run").finished);
  const auto epochs = read_metrics(path("run") / "metrics.jsonl");
  ASSERT_EQ(epochs.size(), 10u);
  EXPECT_LT(*epochs.back().valid_loss, *epochs.front().valid_loss);
  EXPECT_GT(*epochs.back().valid_recall[0], 0.9);
  EXPECT_GT(*epochs.back().valid_triplet_accuracy, 0.8);
  EXPECT_EQ(epochs.back().valid_roc_auc, std::nullopt);
  const auto model = models::load_model(path("run") / "best.safetensors");
  const auto valid = nlohmann::json::parse(model->about().metrics)["valid"];
  EXPECT_GT(valid["recall_8"], 0.9);
}

TEST_F(MetricRun, TakesEveryKindOfSampling) {
  settings_.train.epochs = 1;
  settings_.triplet.neighbours = 3;
  settings_.triplet.mining = TripletMining::hard;
  for (const Word<TripletSampling>& word : kWords<TripletSampling>) {
    SCOPED_TRACE(word.name);
    settings_.triplet.sampling = word.value;
    ASSERT_TRUE(start(std::string(word.name)).finished);
  }
}

TEST_F(MetricRun, TakesClassesAndBalancedLabels) {
  settings_.data.task = TaskChoice::multi_class;
  settings_.train.label_weights = LabelWeights::balanced;
  settings_.train.epochs = 1;
  EXPECT_TRUE(start("run").finished);
}

TEST_F(MetricRun, RefusesSettingsOfLogits) {
  settings_.triplet.output = "embedding";
  EXPECT_THAT(refusal(),
              HasSubstr("triplet.output = embedding: expected an output of short_chunk_cnn: penultimate"));
  settings_.triplet.output = "penultimate";
  settings_.augment.mixup = 0.2;
  EXPECT_THAT(refusal(), HasSubstr("augment.mixup: expected 0 with loss.name = triplet"));
  settings_.augment.mixup = 0;
  settings_.train.chunks = 2;
  EXPECT_THAT(refusal(), HasSubstr("train.chunks: expected 1 with"));
  settings_.train.chunks = 1;
  settings_.train.label_smoothing = 0.1;
  EXPECT_THAT(refusal(), HasSubstr("train.label_smoothing: expected 0"));
  settings_.train.label_smoothing = 0;
  settings_.triplet.mining = TripletMining::hard;
  settings_.train.batch = 1;
  EXPECT_THAT(refusal(), HasSubstr("triplet.mining = hard: expected train.batch = 2 or more"));
}

TEST_F(MetricRun, RefusesDataWithoutTriplets) {
  // First all validation clips have the same tag, then each training clip one of its own.
  write_tags([](int i) { return i >= 12 ? "same" : one_of_two(i); });
  EXPECT_THAT(message_of<DataError>([&] { start("run"); }),
              HasSubstr("the valid split has no label that two of its 6 clips have and a third one lacks"));
  settings_.triplet.sampling = TripletSampling::instance;
  EXPECT_THAT(message_of<DataError>([&] { start("run"); }), HasSubstr("`data.valid = none` trains without"));
  settings_.triplet.sampling = TripletSampling::tag;
  write_tags([](int i) { return i < 12 ? concat("t", i) : one_of_two(i); });
  EXPECT_THAT(message_of<DataError>([&] { start("run"); }),
              HasSubstr("none of the 14 labels of 12 clips gives triplets"));
}

TEST_F(MetricRun, WarnsOfLabelsOfOneClip) {
  write_tags([](int i) { return one_of_two(i) + (i == 3 ? ",rare" : ""); });
  settings_.train.epochs = 1;
  ASSERT_TRUE(start("run").finished);
  EXPECT_THAT(observer_.warnings,
              testing::Contains(HasSubstr(
                  "no triplets of 1 label, which fewer than two training clips have, or all: rare")));
}

}  // namespace
}  // namespace sonograd::train
