// Batches of triplets.
#include <gtest/gtest.h>

#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"
#include "train/data/batcher.h"

namespace sonograd::train {
namespace {

/// Eight tones with two classes; a chunk is as long as a clip.
class TripletBatches : public testing::Test {
 protected:
  TripletBatches() {
    std::string table = "path\tlabel\n";
    for (int i = 0; i < 8; ++i) {
      write_sine(folder_ / concat(i, ".wav"), 200 + 50 * i, 1000);
      table += concat(i, ".wav\t", i % 2 ? "odd" : "even", '\n');
    }
    write_text(folder_ / "labels.tsv", table);
    const LabelsTable labels = LabelsTable::read(folder_);
    clips_ = {labels, LabelSet::collect(labels, Task::multi_class),
              std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6, 7}};
    sampler_ = tag_triplets(clips_, LabelWeights::none);
  }

  std::vector<Batch> batches(int workers, std::uint32_t epoch = 1, std::size_t first = 0) const {
    const ExampleRule rule = {.seed = 5,
                              .samples = 1000,
                              .sample_rate = kTestRate,
                              .triplets = sampler_.get(),
                              .share_negatives = true};
    Batcher batcher(clips_, reader_, rule, 3, epoch, first, workers);
    std::vector<Batch> all;
    for (std::size_t i = first; i < batcher.batches(); ++i) all.push_back(batcher.next());
    return all;
  }

  std::filesystem::path folder_ = test_folder();
  ClipReader reader_{kTestRate, models::Pcm::as_decoded, nullptr};
  ClipList clips_;
  std::unique_ptr<TripletSampler> sampler_;
};

TEST_F(TripletBatches, HoldThreeChunksForEachAndTheNegativesThatTheyShare) {
  const std::vector<Batch> all = batches(1);
  ASSERT_EQ(all.size(), 3u);
  for (const Batch& batch : all) {
    EXPECT_TRUE(batch.has_triplets);
    EXPECT_EQ(batch.waveforms.size(), 3000 * batch.size());
    EXPECT_TRUE(batch.targets.empty());
    const std::size_t rows = 3 * batch.size();
    ASSERT_EQ(batch.negatives.size(), rows * batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      EXPECT_FALSE(batch.negatives[i * rows + 3 * i]) << "the anchor";
      EXPECT_FALSE(batch.negatives[i * rows + 3 * i + 1]);
      EXPECT_TRUE(batch.negatives[i * rows + 3 * i + 2]);
    }
  }
  EXPECT_EQ(all[0].size() + all[1].size() + all[2].size(), clips_.size());
}

TEST_F(TripletBatches, DependNeitherOnThreadsNorOnTheFirstBatch) {
  const std::vector<Batch> all = batches(1), threads = batches(3), rest = batches(1, 1, 2);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].waveforms, threads[i].waveforms);
    EXPECT_EQ(all[i].negatives, threads[i].negatives);
  }
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].waveforms, all[2].waveforms);
  EXPECT_NE(batches(1, 2)[0].waveforms, all[0].waveforms);
}

TEST_F(TripletBatches, AreDrawnAgainWithoutAClipThatCannotBeRead) {
  clips_.files[3] = folder_ / "absent.wav";
  std::size_t lost = 0, size = 0;
  for (const Batch& batch : batches(1)) {
    lost += batch.lost.size();
    size += batch.size();
    for (const ClipProblem& clip : batch.lost) EXPECT_EQ(clip.path, "3.wav");
  }
  EXPECT_EQ(size, clips_.size());
  EXPECT_GT(lost, 0u);
  for (std::filesystem::path& file : clips_.files) file = folder_ / "absent.wav";
  EXPECT_THROW(batches(1), IoError);
}

}  // namespace
}  // namespace sonograd::train
