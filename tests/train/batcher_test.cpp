// [threads]
#include "train/data/batcher.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"

namespace sonograd::train {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

std::vector<std::size_t> sizes(const std::vector<std::vector<std::size_t>>& batches) {
  std::vector<std::size_t> result;
  for (const auto& batch : batches) result.push_back(batch.size());
  return result;
}

TEST(EpochBatches, HoldEveryClipOnceInAnOrderOfSeedAndEpoch) {
  const auto batches = epoch_batches(10, 4, 7, 2);
  std::vector<std::size_t> clips;
  for (const auto& batch : batches) clips.insert(clips.end(), batch.begin(), batch.end());
  std::ranges::sort(clips);
  EXPECT_THAT(clips, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
  EXPECT_THAT(sizes(batches), ElementsAre(4, 4, 2));
  EXPECT_EQ(batches, epoch_batches(10, 4, 7, 2));
  EXPECT_NE(batches, epoch_batches(10, 4, 7, 3));
  EXPECT_NE(batches, epoch_batches(10, 4, 8, 2));
}

TEST(EpochBatches, NeverLeaveASingleClip) {
  EXPECT_THAT(sizes(epoch_batches(9, 4, 0, 0)), ElementsAre(4, 5));
  EXPECT_THAT(sizes(epoch_batches(8, 4, 0, 0)), ElementsAre(4, 4));
  EXPECT_THAT(sizes(epoch_batches(3, 1, 0, 0)), ElementsAre(1, 1, 1));
  EXPECT_THAT(sizes(epoch_batches(1, 4, 0, 0)), ElementsAre(1));
}

/// Clips whose samples identify clip and place: sample i of clip c is 4000 c + i, as 16-bit values.
class BatcherTest : public testing::Test {
 protected:
  static constexpr int kLengths[] = {3000, 2000, 1000, 3500, 700, 2000, 2500};
  static constexpr std::int64_t kSamples = 1000;

  BatcherTest() {
    const auto folder = test_folder();
    std::string table = "path\tlabel\n";
    for (int clip = 0; clip < 7; ++clip) {
      std::vector<std::int16_t> samples(static_cast<std::size_t>(kLengths[clip]));
      for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = static_cast<std::int16_t>(4000 * clip + static_cast<int>(i));
      }
      const std::string name = concat(clip, ".wav");
      audio::write_sound(folder / name, samples, kTestRate, audio::Encoding::wav_pcm16);
      table += concat(name, '\t', clip % 2 ? "odd" : "even", '\n');
    }
    const LabelsTable labels_table(folder, TsvTable("labels.tsv", table));
    const LabelSet labels = LabelSet::collect(labels_table, Task::multi_class);
    clips_ = ClipList(labels_table, labels, std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6});
  }

  std::vector<Batch> batches(const ExampleRule& rule, std::uint32_t epoch, std::size_t first = 0,
                             int workers = 1) const {
    Batcher batcher(clips_, reader_, rule, 3, epoch, first, workers);
    std::vector<Batch> result;
    for (std::size_t i = first; i < batcher.batches(); ++i) result.push_back(batcher.next());
    return result;
  }

  static std::vector<float> all_samples(const std::vector<Batch>& batches) {
    std::vector<float> samples;
    for (const Batch& batch : batches) {
      samples.insert(samples.end(), batch.waveforms.begin(), batch.waveforms.end());
    }
    return samples;
  }

  ClipReader reader_{kTestRate, models::Pcm::int16, nullptr};
  ClipList clips_;
};

TEST_F(BatcherTest, CutsACropInsideEachClip) {
  const ExampleRule rule{.seed = 4, .samples = kSamples};
  std::vector<int> starts;
  for (std::uint32_t epoch = 0; epoch < 20; ++epoch) {
    for (const Batch& batch : batches(rule, epoch)) {
      for (std::size_t n = 0; n < batch.size(); ++n) {
        const auto clip = static_cast<int>(batch.keys[n].example);
        const auto crop = std::span(batch.waveforms).subspan(n * kSamples, kSamples);
        const int start = static_cast<int>(crop[0] * 32768) - 4000 * clip;
        const int length = kLengths[clip];
        for (int i = 0; i < kSamples; ++i) {
          ASSERT_EQ(crop[static_cast<std::size_t>(i)] * 32768, 4000 * clip + (start + i) % length);
        }
        EXPECT_GE(start, 0);
        EXPECT_LE(start, std::max(0, length - static_cast<int>(kSamples)));
        EXPECT_EQ(batch.targets[2 * n], clip % 2 == 0);
        EXPECT_EQ(batch.targets[2 * n + 1], clip % 2 == 1);
        if (clip == 0) starts.push_back(start);
      }
    }
  }
  std::ranges::sort(starts);
  EXPECT_GT(starts.back() - starts.front(), 1000) << "crops should come from all over the clip";
}

TEST_F(BatcherTest, PadsShortClipsWithSilenceOnRequest) {
  const ExampleRule rule{.seed = 4, .samples = kSamples, .pad = audio::Pad::zero};
  for (const Batch& batch : batches(rule, 0)) {
    for (std::size_t n = 0; n < batch.size(); ++n) {
      if (batch.keys[n].example == 4) {
        EXPECT_EQ(batch.waveforms[n * kSamples + 800], 0.0f);
      }
    }
  }
}

TEST_F(BatcherTest, IsTheSameForAnyNumberOfWorkers) {
  const ExampleRule rule{.seed = 4, .samples = kSamples, .shift = 0.2, .mixup = 0.4};
  const auto expected = all_samples(batches(rule, 1));
  EXPECT_EQ(all_samples(batches(rule, 1, 0, 2)), expected);
  EXPECT_EQ(all_samples(batches(rule, 1, 0, 5)), expected);
  EXPECT_NE(all_samples(batches(rule, 2)), expected);
}

TEST_F(BatcherTest, ChunksAndEffectsAreTheSameForAnyNumberOfWorkers) {
  ExampleRule rule{.seed = 4, .samples = 600, .chunks = 3, .sample_rate = kTestRate, .keep_clean = true};
  const auto clean = batches(rule, 1);
  rule.effects.noise = rule.effects.polarity = rule.effects.reverb = 0.5;
  const auto expected = batches(rule, 1);
  EXPECT_EQ(all_samples(batches(rule, 1, 0, 4)), all_samples(expected));
  EXPECT_NE(all_samples(expected), all_samples(clean));
  std::size_t examples = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(expected[i].clean, clean[i].waveforms) << "before effects";
    EXPECT_EQ(expected[i].waveforms.size(), 3 * 600 * expected[i].size());
    EXPECT_EQ(expected[i].targets.size(), 2 * expected[i].size());
    examples += expected[i].size();
  }
  EXPECT_EQ(examples, std::size(kLengths));
  const std::span first(clean[0].waveforms);
  EXPECT_FALSE(std::ranges::equal(first.subspan(0, 600), first.subspan(600, 600))) << "places of their own";
  rule = {.seed = 4, .samples = 600};
  EXPECT_TRUE(std::ranges::equal(first.first(600), std::span(batches(rule, 1)[0].waveforms).first(600)))
      << "the first chunk is the one of instance level";
}

TEST_F(BatcherTest, GoesOnWhereItStopped) {
  const ExampleRule rule{.seed = 4, .samples = kSamples, .shift = 0.2, .mixup = 0.4};
  const auto whole = batches(rule, 1);
  const auto rest = batches(rule, 1, 1, 2);
  ASSERT_THAT(rest, SizeIs(whole.size() - 1));
  EXPECT_EQ(all_samples(rest), all_samples({whole.begin() + 1, whole.end()}));
  EXPECT_THAT(batches(rule, 1, whole.size()), SizeIs(0));
}

TEST_F(BatcherTest, MixesSamplesAndTargetsAlike) {
  const ExampleRule plain{.seed = 4, .samples = kSamples};
  const ExampleRule mixed{.seed = 4, .samples = kSamples, .mixup = 1};
  for (const Batch& batch : batches(mixed, 0)) {
    for (std::size_t n = 0; n < batch.size(); ++n) {
      EXPECT_NEAR(batch.targets[2 * n] + batch.targets[2 * n + 1], 1, 1e-6);
      EXPECT_GE(batch.targets[2 * n + batch.keys[n].example % 2], 0.5f);
    }
  }
  EXPECT_NE(all_samples(batches(mixed, 0)), all_samples(batches(plain, 0)));
}

TEST_F(BatcherTest, ReplacesALostClipByTheNextThatCanBeRead) {
  clips_.files[6] = "/nowhere/6.wav";
  clips_.files[0] = "/nowhere/0.wav";
  const ExampleRule rule{.seed = 4, .samples = kSamples};
  std::vector<std::string> lost;
  for (const Batch& batch : batches(rule, 0)) {
    for (const ClipProblem& clip : batch.lost) lost.push_back(clip.path);
    for (std::size_t n = 0; n < batch.size(); ++n) {
      const std::uint32_t asked = batch.keys[n].example;
      const std::uint32_t read = asked == 6 || asked == 0 ? 1 : asked;
      EXPECT_EQ(static_cast<std::uint32_t>(batch.waveforms[n * kSamples] * 32768) / 4000, read);
      EXPECT_EQ(batch.targets[2 * n + 1], read % 2);
    }
  }
  EXPECT_THAT(lost, testing::UnorderedElementsAre("0.wav", "0.wav", "6.wav"));
  EXPECT_EQ(all_samples(batches(rule, 0, 0, 3)), all_samples(batches(rule, 0)));
}

TEST_F(BatcherTest, ThrowsWhenNoClipIsLeft) {
  for (auto& file : clips_.files) file = "/nowhere";
  EXPECT_THROW(batches({.seed = 4, .samples = kSamples}, 0), IoError);
}

TEST_F(BatcherTest, StepsHaveTheLabelsOfTheirPlace) {
  constexpr std::int64_t kSteps = 10, kStep = kSamples / kSteps, kSpan = 300;
  for (std::size_t clip = 0; clip < clips_.size(); ++clip) {
    std::vector<TimedLabel> times;  // the labels take turns
    for (std::size_t i = 0; i < 12; ++i) {
      times.push_back({static_cast<double>(i * kSpan) / kTestRate,
                       static_cast<double>((i + 1) * kSpan) / kTestRate, i % 2});
    }
    clips_.times.emplace_back(times, 2);
  }
  clips_.task = Task::multi_class;
  const ExampleRule rule{.seed = 4, .samples = kSamples, .steps = kSteps, .sample_rate = kTestRate};
  std::size_t checked = 0;
  for (const Batch& batch : batches(rule, 0)) {
    ASSERT_EQ(batch.steps, static_cast<std::size_t>(kSteps));
    ASSERT_EQ(batch.targets.size(), batch.size() * kSteps * 2);
    for (std::size_t n = 0; n < batch.size(); ++n) {
      const auto clip = static_cast<std::int64_t>(batch.keys[n].example);
      for (std::int64_t step = 0; step < kSteps; ++step) {
        std::array<int, 2> samples{};  // of each label, by the samples themselves
        for (std::int64_t i = 0; i < kStep; ++i) {
          const auto value = static_cast<std::int64_t>(
              batch.waveforms[n * kSamples + static_cast<std::size_t>(step * kStep + i)] * 32768);
          ++samples[static_cast<std::size_t>((value - 4000 * clip) / kSpan % 2)];
        }
        if (std::abs(samples[0] - samples[1]) < 2) continue;
        const float* const target = batch.targets.data() + (n * kSteps + static_cast<std::size_t>(step)) * 2;
        EXPECT_EQ(target[0], samples[0] > samples[1]) << clip << " step " << step;
        EXPECT_EQ(target[1], samples[0] < samples[1]);
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 60u);
  const auto mixed =
      batches({.seed = 4, .samples = kSamples, .steps = kSteps, .mixup = 1, .sample_rate = kTestRate}, 0);
  for (std::size_t i = 0; i < mixed[0].targets.size(); i += 2)
    EXPECT_NEAR(mixed[0].targets[i] + mixed[0].targets[i + 1], 1, 1e-6) << "each part has a label";
}

}  // namespace
}  // namespace sonograd::train
