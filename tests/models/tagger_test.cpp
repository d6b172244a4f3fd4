// [threads] The class for other programs.
#include "include/sonograd/tagger.h"

#include <bit>
#include <cfenv>
#include <cmath>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <thread>

#include "autograd/tape.h"
#include "models/core/model.h"
#include "tensor/support/compute_thread.h"
#include "tensor/support/error.h"
#include "tests/app/small_model.h"
#include "tests/train/clip_files.h"

namespace sonograd {
namespace {

constexpr int kRate = 8000, kChunk = 32768;

std::vector<float> tone(int samples) {
  std::vector<float> sound(static_cast<std::size_t>(samples));
  for (std::size_t n = 0; n < sound.size(); ++n)
    sound[n] = static_cast<float>(0.3 * std::sin(0.2 * static_cast<double>(n)));
  return sound;
}

TEST(TaggerOf, AModelSaysWhatItIs) {
  const Model model = Model::load(test::small_model_file());
  EXPECT_EQ(model.architecture(), "short_chunk_cnn");
  EXPECT_THAT(model.labels(), testing::ElementsAre("drums", "flute", "no vocals"));
  EXPECT_EQ(model.sample_rate(), kRate);
  EXPECT_EQ(model.chunk_samples(), kChunk);
  EXPECT_TRUE(model.is_multi_label());
  EXPECT_TRUE(model.thresholds().empty());
  EXPECT_TRUE(model.warnings().empty());
}

TEST(TaggerOf, SamplesAndTheFileOfThemScoreAlike) {
  const Tagger tagger(Model::load(test::small_model_file()));
  const std::vector<float> sound = tone(80000);
  const auto file = test::temporary_path("tagger.wav");
  audio::write_sound(file, sound, kRate, audio::Encoding::wav_float);
  const Tags of_file = tagger.tag(file), of_samples = tagger.tag(sound, kRate);
  ASSERT_EQ(of_file.tags.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(of_file.tags[i].score, of_samples.tags[i].score);
  EXPECT_DOUBLE_EQ(of_file.seconds, 10);
  EXPECT_TRUE(of_file.warning.empty());
}

TEST(TaggerOf, ChunksTellWhenTheyAre) {
  const Tagger tagger(Model::load(test::small_model_file()));
  const Tags tags = tagger.tag(tone(80000), kRate);
  ASSERT_EQ(tags.chunks.size(), 3u);
  EXPECT_DOUBLE_EQ(tags.chunks[0].begin, 0);
  EXPECT_DOUBLE_EQ(tags.chunks[1].begin, kChunk / double{kRate});
  EXPECT_DOUBLE_EQ(tags.chunks[2].begin, (80000 - kChunk) / double{kRate}) << "right-aligned";
  EXPECT_DOUBLE_EQ(tags.chunks[2].end, 10);
  for (std::size_t i = 0; i < 3; ++i) {
    double mean = 0;
    for (const TaggedChunk& chunk : tags.chunks) mean += chunk.scores[i] / 3.0;
    EXPECT_NEAR(tags.tags[i].score, mean, 1e-6);
  }
  const Tags brief = tagger.tag(tone(1000), kRate);
  ASSERT_EQ(brief.chunks.size(), 1u);
  EXPECT_DOUBLE_EQ(brief.chunks[0].end, 0.125);
  const Tags spaced = Tagger(tagger.model(), {.chunks = 4}).tag(tone(80000), kRate);
  ASSERT_EQ(spaced.chunks.size(), 4u);
  EXPECT_DOUBLE_EQ(spaced.chunks[1].begin, (80000 - kChunk) / 4 / double{kRate});
}

TEST(TaggerOf, TheTopIsSorted) {
  const Tags tags{.tags = {{"a", 0.2f}, {"b", 0.9f}, {"c", 0.2f}}, .chunks = {}};
  const std::vector<Tag> top = tags.top(2), all = tags.top(9);
  ASSERT_EQ(top.size(), 2u);
  EXPECT_EQ(top[0].label, "b");
  EXPECT_EQ(top[1].label, "a");
  ASSERT_EQ(all.size(), 3u);
}

TEST(TaggerOf, SamplesAtAnotherRateAreResampled) {
  const Tagger tagger(Model::load(test::small_model_file()));
  const Tags tags = tagger.tag(tone(160000), 16000);
  EXPECT_DOUBLE_EQ(tags.seconds, 10);
  EXPECT_EQ(tags.chunks.size(), 3u);
}

TEST(TaggerOf, AModelListsTheOutputsOfItsNetwork) {
  const std::vector<ModelOutput> outputs = Model::load(test::small_model_file()).outputs();
  ASSERT_EQ(outputs.size(), 2u);
  EXPECT_EQ(outputs[0].name, "logits");
  EXPECT_EQ(outputs[0].shape, std::vector<std::int64_t>{3});
  EXPECT_EQ(outputs[1].name, "penultimate");
  EXPECT_EQ(outputs[1].shape, std::vector<std::int64_t>{8}) << "four times the channels";
  EXPECT_FALSE(outputs[1].help.empty());
}

TEST(TaggerOf, LogitsBecomeTheScoresOfTheChunks) {
  const Tagger tagger(Model::load(test::small_model_file()));
  const std::vector<float> sound = tone(80000);
  const Tags tags = tagger.tag(sound, kRate);
  const ChunkOutputs logits = tagger.output("logits", sound, kRate);
  ASSERT_EQ(logits.values.shape, (std::vector<std::int64_t>{3, 3}));
  ASSERT_EQ(logits.values.values.size(), 9u);
  ASSERT_EQ(logits.chunks.size(), 3u);
  EXPECT_DOUBLE_EQ(logits.seconds, 10);
  for (std::size_t chunk = 0; chunk < 3; ++chunk) {
    EXPECT_EQ(logits.chunks[chunk].begin, tags.chunks[chunk].begin);
    EXPECT_EQ(logits.chunks[chunk].end, tags.chunks[chunk].end);
    for (std::size_t label = 0; label < 3; ++label) {
      const double logit = logits.values.values[3 * chunk + label];
      EXPECT_FLOAT_EQ(tags.chunks[chunk].scores[label], static_cast<float>(1 / (1 + std::exp(-logit))));
    }
  }
}

TEST(TaggerOf, NamedOutputsAreThoseOfTheNetwork) {
  const auto model = std::make_shared<const models::Model>(test::small_model());
  const std::vector<float> sound = tone(80000);
  const Tensor first = Tensor::from(std::span(sound).first(kChunk), {1, kChunk});
  const NoGrad no_grad;
  models::Outputs outputs({models::kPenultimate});
  model->network().forward(Variable(model->network().features(first)), outputs);
  const std::span<const float> expected = outputs[models::kPenultimate].data().span<float>();

  for (const int batch : {1, 2, 16}) {
    const Tagger tagger(Model::load(test::small_model_file()), {.batch = batch});
    const ChunkOutputs actual = tagger.output("penultimate", sound, kRate);
    ASSERT_EQ(actual.values.shape, (std::vector<std::int64_t>{3, 8}));
    ASSERT_EQ(actual.values.values.size(), 24u);
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(actual.values.values[i], expected[i], 1e-5) << "batch " << batch;
    EXPECT_NE(std::vector(actual.values.values.begin(), actual.values.values.begin() + 8),
              std::vector(actual.values.values.end() - 8, actual.values.values.end()));
  }
}

TEST(TaggerOf, OutputsOfAFileAreThoseOfItsSamples) {
  const Tagger tagger(Model::load(test::small_model_file()));
  const std::vector<float> sound = tone(80000);
  const auto file = test::temporary_path("outputs.wav");
  audio::write_sound(file, sound, kRate, audio::Encoding::wav_float);
  const ChunkOutputs of_file = tagger.output("penultimate", file);
  EXPECT_EQ(of_file.values.values, tagger.output("penultimate", sound, kRate).values.values);
  EXPECT_TRUE(of_file.warning.empty());
  const ChunkOutputs silence = tagger.output("logits", std::vector<float>(), kRate);
  EXPECT_EQ(silence.values.shape, (std::vector<std::int64_t>{1, 3})) << "a chunk of silence";
}

TEST(TaggerOf, AnOutputThatTheNetworkLacksIsRefused) {
  const Tagger tagger(Model::load(test::small_model_file()));
  try {
    tagger.output("embedding", tone(100), kRate);
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(),
                 "[tagger] the network has no output 'embedding'; there are logits, penultimate");
  }
  EXPECT_THROW(tagger.output("logits", tone(10), 0), ConfigError);
  EXPECT_THROW(tagger.output("logits", test::temporary_path("none.wav")), IoError);
}

// True when the smallest normal number, halved, is zero on a new thread after `call`.
bool flushes_after(const std::function<void()>& call) {
  bool is_zero = false;
  std::thread([&] {
    std::fesetenv(FE_DFL_ENV);  // a thread begins with the settings of the one that starts it
    call();
    volatile float smallest = std::numeric_limits<float>::min();
    is_zero =
        std::bit_cast<std::uint32_t>(smallest / 2) == 0;  // comparisons take subnormal numbers for zero, too
  }).join();
  return is_zero;
}

TEST(TaggerOf, FlushesSubnormalsOfTheThreadsThatCallIt) {
  const Tagger tagger(Model::load(test::small_model_file()));
  EXPECT_FALSE(flushes_after([] {}));
  EXPECT_TRUE(flushes_after([&] { tagger.tag(tone(10), kRate); }));
  EXPECT_TRUE(flushes_after([&] { tagger.output("logits", tone(10), kRate); }));
  EXPECT_TRUE(flushes_after([] { set_threads(threads()); }));
}

TEST(TaggerOf, RefusesWhatItCannotUse) {
  const Model model = Model::load(test::small_model_file());
  EXPECT_THROW(Tagger(model, {.aggregate = "median"}), ConfigError);
  EXPECT_THROW(Tagger(model, {.chunks = -1}), ConfigError);
  EXPECT_NO_THROW(Tagger(model, {.chunks = 100000, .batch = 4096}));
  EXPECT_THAT([&] { Tagger(model, {.chunks = 100001}); },
              testing::ThrowsMessage<ConfigError>(
                  testing::StrEq("[tagger] chunks: expected 0 to 100000, got 100001")));
  EXPECT_THAT(
      [&] { Tagger(model, {.batch = 4097}); },
      testing::ThrowsMessage<ConfigError>(testing::StrEq("[tagger] batch: expected 0 to 4096, got 4097")));
  EXPECT_THROW(Tagger(model, {.batch = -1}), ConfigError);
  EXPECT_THROW(Tagger(model).tag(tone(10), 0), ConfigError);
  EXPECT_THROW(Tagger(model).tag(test::temporary_path("none.wav")), IoError);
  EXPECT_THROW(Model::load(test::temporary_path("none.safetensors")), IoError);
  EXPECT_THROW(Model::load(test::write_file("text.safetensors", "no model")), FormatError);
  EXPECT_THROW(Model::load(test::small_model_file(), "tpu"), ConfigError);
}

}  // namespace
}  // namespace sonograd
