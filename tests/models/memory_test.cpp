#include "models/tagging/memory.h"

#include <gtest/gtest.h>

#include "models/core/architecture.h"
#include "models/tagging/chunk_batch.h"
#include "models/tagging/chunk_scorer.h"
#include "tests/app/small_model.h"

namespace sonograd::models {
namespace {

TEST(BatchWithin, IsSmallerWhereMemoryIs) {
  const Model model(test::small_model());
  EXPECT_EQ(batch_within(model, 16, std::uint64_t{1} << 40), 16);
  EXPECT_EQ(batch_within(model, 16, 1), 1);
  std::int64_t previous = 1;
  for (const std::uint64_t mib : {8, 32, 128, 512}) {
    const std::int64_t batch = batch_within(model, 4096, mib << 20);
    EXPECT_GE(batch, previous);
    EXPECT_LE(static_cast<std::uint64_t>(batch) * 32768 * sizeof(float), mib << 20) << "the waveforms alone";
    previous = batch;
  }
  EXPECT_GT(previous, 16);
}

TEST(BatchWithin, TheDefaultBatchOfEveryArchitectureIsWithinItsBound) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "minutes under AddressSanitizer; bytes are those of every build";
#endif
  for (const Architecture& architecture : all_architectures()) {
    ModelDescription about;
    about.arch = architecture.name;
    for (int i = 0; i < 50; ++i) about.labels.push_back(concat("label ", i));
    const Model model(make_model(std::move(about)));
    const std::int64_t batch = default_batch(model.network().input());
    EXPECT_EQ(batch_within(model, batch, kDefaultBatchBytes), batch) << architecture.name;
  }
}

class BatchOfAWideNetwork : public testing::Test {
 protected:
  static constexpr std::int64_t kSamples = 1024, kMost = 8;

  BatchOfAWideNetwork() : model_(draft()) {}

  static ModelDraft draft() {
    ModelDescription about;
    about.arch = "short_chunk_cnn";
    about.options = {{"channels", 48}, {"sample_rate", 8000}, {"f_max", 4000.0},
                     {"n_fft", 64},    {"hop_length", 4},     {"samples", kSamples}};
    about.labels = {"a", "b"};
    return make_model(std::move(about));
  }

  // Bytes that this many chunks take, with the samples that wait to be uploaded.
  std::uint64_t bytes_of(std::int64_t chunks) const {
    ChunkBatch batch(model_.network(), model_.device(), chunks);
    for (std::int64_t i = 0; i < chunks; ++i) {
      const Tensor signal = test::lcg_signal(kSamples, 8000);
      batch.add(signal.span<float>());
    }
    batch.run(kLogits);
    return batch.peak_bytes() + static_cast<std::uint64_t>(chunks * kSamples) * sizeof(float);
  }

  Model model_;
};

TEST_F(BatchOfAWideNetwork, StaysWithinTheMemoryThatItTakesInFact) {
  constexpr std::uint64_t kLimit = kMost * kSamples * 1024;
  ASSERT_GT(bytes_of(kMost), kLimit) << "the network takes less than 1024 bytes for a sample";
  const std::int64_t batch = batch_within(model_, kMost, kLimit);
  EXPECT_LT(batch, kMost);
  EXPECT_LE(bytes_of(batch), kLimit);
}

TEST_F(BatchOfAWideNetwork, IsTheNumberOfChunksThatFit) {
  const std::uint64_t one = bytes_of(1);
  EXPECT_EQ(batch_within(model_, kMost, 5 * one), 5);
  EXPECT_EQ(batch_within(model_, kMost, 5 * one - 1), 4);
}

}  // namespace
}  // namespace sonograd::models
