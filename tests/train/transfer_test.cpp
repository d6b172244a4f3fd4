#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audio/features.h"
#include "models/core/model.h"
#include "models/tagging/chunk_batch.h"
#include "tests/models/lcg.h"
#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"
#include "train/data/data_error.h"
#include "train/transfer/linear_head.h"
#include "train/transfer/probe.h"

namespace sonograd::train {
namespace {

using testing::HasSubstr;

/// Two examples at -1 and 1, whose mean is 0 and deviation 1.
HeadData two_points() {
  return {.width = 1, .labels = 2, .features = {-1, 1}, .targets = {1, 0, 0, 1}};
}

TEST(LinearHead, OfClassesMinimisesTheSquaredHingeLoss) {
  // w²/2 + 2 C (1 - w)² has its minimum at 4 C / (1 + 4 C); the bias is 0.
  for (const double c : {0.1, 2.0}) {
    const std::vector<float> scores = LinearHead(two_points(), Task::multi_class, c).scores(two_points());
    const double w = 4 * c / (1 + 4 * c);
    EXPECT_NEAR(scores[1], -w, 1e-3);
    EXPECT_NEAR(scores[3], w, 1e-3);
    EXPECT_NEAR(scores[0], w, 1e-3);
  }
}

TEST(LinearHead, OfTagsMinimisesTheLogisticLoss) {
  const double c = 2;
  double w = 0;  // w = 2 C / (1 + e^w), by Newton's method
  for (int i = 0; i < 50; ++i) {
    const double s = 1 / (1 + std::exp(w));
    w -= (w - 2 * c * s) / (1 + 2 * c * s * (1 - s));
  }
  const std::vector<float> scores = LinearHead(two_points(), Task::multi_label, c).scores(two_points());
  EXPECT_NEAR(scores[3], 1 / (1 + std::exp(-w)), 1e-3);
  EXPECT_NEAR(scores[1], 1 / (1 + std::exp(w)), 1e-3);
}

TEST(LinearHead, ScalesFeaturesAndLeavesConstantOnesOut) {
  HeadData data = two_points(), scaled = data;
  scaled.width = 2;
  scaled.features = {-1000 + 7e5f, 3, 1000 + 7e5f, 3};
  const std::vector<float> expected = LinearHead(data, Task::multi_class, 2).scores(data);
  const std::vector<float> scores = LinearHead(scaled, Task::multi_class, 2).scores(scaled);
  for (std::size_t i = 0; i < scores.size(); ++i) EXPECT_NEAR(scores[i], expected[i], 1e-6);
}

TEST(LinearHead, ALabelThatNoExampleHasScoresLowest) {
  HeadData data = two_points();
  data.labels = 3;
  data.targets = {1, 0, 0, 0, 1, 0};
  const std::vector<float> scores = LinearHead(data, Task::multi_class, 2).scores(data);
  EXPECT_LT(scores[2], scores[0]);
  EXPECT_LT(scores[5], scores[4]);
  EXPECT_THROW(LinearHead({.width = 1, .labels = 2, .features = {}, .targets = {}}, Task::multi_class, 1),
               DataError);
}

TEST(LinearHead, EqualDataGiveEqualBits) {
  Random random({.seed = 4, .stream = RandomStream::test});
  HeadData data{.width = 20, .labels = 3, .features = {}, .targets = {}};
  for (int i = 0; i < 200; ++i) {
    for (int k = 0; k < 20; ++k) data.features.push_back(random.normal());
    for (int k = 0; k < 3; ++k) data.targets.push_back(i % 3 == k);
  }
  for (const Task task : {Task::multi_class, Task::multi_label}) {
    const std::vector<float> first = LinearHead(data, task, 2).scores(data);
    EXPECT_EQ(LinearHead(data, task, 2).scores(data), first);
  }
}

/// Clips of two tones, with the columns label and part.
class TransferTest : public testing::Test {
 protected:
  TransferTest() {
    std::string text = "path\tlabel\tpart\tsplit\n";
    for (int i = 0; i < 12; ++i) {
      const std::string name = concat(i, ".wav");
      write_sine(folder_ / name, i % 2 == 0 ? 300 + 10 * i : 2000 + 10 * i, 24000 + 8000 * (i % 3));
      text += concat(name, '\t', i % 2 == 0 ? "low" : "high", '\t', i % 3, '\t',
                     i < 6   ? "train"
                     : i < 8 ? "valid"
                             : "test",
                     '\n');
    }
    write_text(folder_ / "labels.tsv", text);
    settings_.data.dir = folder_.string();
    models::ModelDescription about;
    about.arch = "short_chunk_cnn";
    about.options = {{"channels", 2}, {"sample_rate", kTestRate}, {"f_max", 4000.0}, {"samples", 32768}};
    about.labels = {"x", "y"};
    models::ModelDraft draft = models::make_model(about);
    test::lcg_fill(*draft.network);
    model_ = std::make_shared<const models::Model>(std::move(draft));
  }

  ClipFeatures features(const ClipList& clips, std::string_view name) const {
    return clip_features(model_->network(), model_->device(), name, clips, reader_,
                         {.rule = models::ChunkRule::of(*model_), .batch = 3});
  }

  std::filesystem::path folder_ = test_folder();
  Settings settings_;
  ClipReader reader_{kTestRate, models::Pcm::as_decoded, nullptr};
  std::shared_ptr<const models::Model> model_;
};

TEST_F(TransferTest, FeaturesAreMeansOverTheChunksOfAClip) {
  const Dataset dataset = Dataset::open(settings_);
  const ClipList clips = dataset.clips(std::vector<std::size_t>{2, 3});
  const ClipFeatures result = features(clips, models::kPenultimate);
  ASSERT_EQ(result.rows, (std::vector<std::size_t>{2, 3}));
  ASSERT_EQ(result.values.size(), 2 * result.width);
  const ClipSamples samples = reader_.read(clips.files[0]);  // 40,000 samples: two chunks
  models::ChunkBatch batch(model_->network(), Device{}, 2);
  std::vector<float> chunk(32768);
  for (const audio::Chunk& place : models::ChunkRule::of(*model_).positions(samples.length())) {
    samples.copy(place, audio::Pad::repeat, chunk);
    batch.add(chunk);
  }
  ASSERT_EQ(batch.size(), 2u);
  const Tensor rows = batch.run(models::kPenultimate);
  const std::span<float> values = rows.span<float>();
  for (std::size_t i = 0; i < result.width; ++i)
    EXPECT_NEAR(result.values[i], (values[i] + values[result.width + i]) / 2, 1e-6);
}

TEST_F(TransferTest, CepstraAreMeansAndDeviations) {
  const Dataset dataset = Dataset::open(settings_);
  const ClipList clips = dataset.clips(std::vector<std::size_t>{0});
  const ClipFeatures result = features(clips, kCepstra);
  ASSERT_EQ(result.width, 120u);
  std::vector<float> chunk(32768);
  reader_.read(clips.files[0]).copy({0, 24000}, audio::Pad::repeat, chunk);
  audio::MfccOptions options;
  options.mel.sample_rate = kTestRate;
  const Tensor cepstra = audio::mfcc(Tensor::from(chunk, {1, 32768}), options);
  const Tensor second = audio::delta(cepstra, {.order = 2});
  const auto mean = [](const Tensor& features, std::size_t column) {
    double sum = 0;
    for (std::size_t i = column; i < features.span<float>().size(); i += 20) sum += features.span<float>()[i];
    return sum / static_cast<double>(features.numel() / 20);
  };
  EXPECT_NEAR(result.values[3], mean(cepstra, 3), 1e-4);
  EXPECT_NEAR(result.values[83], mean(second, 3), 1e-5);
  EXPECT_GT(result.values[20], 0) << "a deviation";
}

TEST_F(TransferTest, AClipThatIsTooLongForMemoryHasTheSameFeatures) {
  const Dataset dataset = Dataset::open(settings_);
  const ClipList clips = dataset.clips(std::vector<std::size_t>{2});
  const ClipFeatures expected = features(clips, models::kPenultimate);
  reader_ = ClipReader(kTestRate, models::Pcm::as_decoded, nullptr, {.max_bytes = 1000});
  EXPECT_EQ(features(clips, models::kPenultimate).values, expected.values);
}

TEST_F(TransferTest, AClipThatCannotBeReadIsListed) {
  const Dataset dataset = Dataset::open(settings_);
  ClipList clips = dataset.clips(std::vector<std::size_t>{0, 1, 2});
  clips.files[1] = folder_ / "absent.wav";
  const ClipFeatures result = features(clips, kCepstra);
  EXPECT_EQ(result.rows, (std::vector<std::size_t>{0, 2}));
  ASSERT_EQ(result.unreadable.size(), 1u);
  EXPECT_EQ(result.unreadable[0].path, "1.wav");
  EXPECT_THROW(features(clips, "nothing"), ConfigError);
}

TEST_F(TransferTest, AProbeFindsTheTones) {
  const Dataset dataset = Dataset::open(settings_);
  std::vector<std::size_t> rows(12);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  const ClipFeatures cepstra = features(dataset.clips(rows), kCepstra);
  const ProbeScores scores = probe(dataset, dataset.split, cepstra).value();
  EXPECT_EQ(scores.accuracy, 1);
  EXPECT_EQ(scores.roc_auc, 1);
  EXPECT_EQ(scores.train, 8u) << "with the validation clips";
  EXPECT_EQ(scores.test, 4u);
  EXPECT_EQ(scores.c, kProbeGrid[0]) << "the least of equally good ones";

  const std::vector<Split> splits = splits_by_column(dataset, "part", 0);
  ASSERT_EQ(splits.size(), 3u);
  std::vector<std::size_t> tested;
  for (const Split& split : splits) tested.insert(tested.end(), split.test.begin(), split.test.end());
  std::ranges::sort(tested);
  EXPECT_EQ(tested, rows) << "each clip is tested once";
  EXPECT_THAT(message_of<DataError>([&] { splits_by_column(dataset, "absent", 0); }),
              HasSubstr("a column 'absent'"));
  EXPECT_FALSE(probe(dataset, dataset.split, cepstra, kProbeGrid, [] { return false; })) << "stopped";
  ClipFeatures none = cepstra;
  none.rows.resize(8);
  none.values.resize(8 * none.width);
  EXPECT_THAT(message_of<DataError>([&] { probe(dataset, dataset.split, none); }),
              HasSubstr("the test split"));
}

}  // namespace
}  // namespace sonograd::train
