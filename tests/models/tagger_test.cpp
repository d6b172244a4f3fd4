// The class for other programs.
#include "include/sonograd/tagger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(TaggerOf, RefusesWhatItCannotUse) {
  const Model model = Model::load(test::small_model_file());
  EXPECT_THROW(Tagger(model, {.aggregate = "median"}), ConfigError);
  EXPECT_THROW(Tagger(model, {.chunks = -1}), ConfigError);
  EXPECT_THROW(Tagger(model, {.batch = -1}), ConfigError);
  EXPECT_THROW(Tagger(model).tag(tone(10), 0), ConfigError);
  EXPECT_THROW(Tagger(model).tag(test::temporary_path("none.wav")), IoError);
  EXPECT_THROW(Model::load(test::temporary_path("none.safetensors")), IoError);
  EXPECT_THROW(Model::load(test::write_file("text.safetensors", "no model")), FormatError);
  EXPECT_THROW(Model::load(test::small_model_file(), "tpu"), ConfigError);
}

}  // namespace
}  // namespace sonograd
