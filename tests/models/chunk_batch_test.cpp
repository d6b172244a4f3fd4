// [threads] Batches that many calls use again.
#include "models/tagging/chunk_batch.h"

#include <gtest/gtest.h>
#include <set>
#include <thread>

#include "models/tagging/chunk_scorer.h"
#include "tests/app/small_model.h"

namespace sonograd::models {
namespace {

constexpr std::size_t kChunk = 32768;

std::vector<float> noise(std::uint32_t seed) {
  test::Lcg lcg(seed);
  std::vector<float> sound(kChunk);
  for (float& sample : sound) sample = static_cast<float>(lcg.next());
  return sound;
}

class ChunkBatches : public testing::Test {
 protected:
  std::shared_ptr<const Model> model_ = std::make_shared<const Model>(test::small_model());

  Scores scores_with(std::shared_ptr<ChunkBatch> batch, std::uint32_t seed) const {
    Scores result;
    ChunkScorer scorer(std::move(batch), model_->about(), Aggregate::mean,
                       [&](std::size_t, const Scores& scores) { result = scores; });
    for (std::uint32_t i = 0; i < 3; ++i) scorer.add(0, noise(seed + i));
    scorer.end_clip(0);
    scorer.flush();
    return result;
  }
  Scores scores_with_a_new_batch(std::uint32_t seed) const {
    return scores_with(std::make_shared<ChunkBatch>(model_->network(), model_->device(), 2), seed);
  }
};

TEST_F(ChunkBatches, ComeBackEmpty) {
  ChunkBatchPool pool(model_, 2);
  std::set<ChunkBatch*> first;
  {
    const auto a = pool.take(), b = pool.take();
    EXPECT_NE(a, b) << "one caller each";
    first = {a.get(), b.get()};
    a->add(noise(1));
    b->add(noise(1));
    b->add(noise(2));
    EXPECT_TRUE(b->is_full());
    EXPECT_EQ(pool.idle(), 0u);
  }
  EXPECT_EQ(pool.idle(), 2u);
  const auto c = pool.take(), d = pool.take();
  EXPECT_EQ((std::set{c.get(), d.get()}), first);
  EXPECT_EQ(c->size() + d->size(), 0u);
  EXPECT_EQ(pool.made(), 2u);
}

TEST_F(ChunkBatches, GiveTheBitsOfANewOne) {
  ChunkBatchPool pool(model_, 2);
  for (const std::uint32_t seed : {1u, 50u, 1u}) {
    const Scores expected = scores_with_a_new_batch(seed);
    ASSERT_EQ(expected.size(), 3u);
    EXPECT_EQ(scores_with(pool.take(), seed), expected) << seed;
  }
  EXPECT_EQ(pool.made(), 1u);
}

TEST_F(ChunkBatches, AreAsManyAsThreads) {
  constexpr std::uint32_t kThreads = 4, kCalls = 5;
  ChunkBatchPool pool(model_, 2);
  std::vector<std::vector<Scores>> actual(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        for (std::uint32_t call = 0; call < kCalls; ++call)
          actual[i].push_back(scores_with(pool.take(), 100 * i + call));
      });
    }
  }
  EXPECT_LE(pool.made(), kThreads);
  EXPECT_EQ(pool.idle(), pool.made());
  for (std::uint32_t i = 0; i < kThreads; ++i) {
    for (std::uint32_t call = 0; call < kCalls; ++call)
      EXPECT_EQ(actual[i][call], scores_with_a_new_batch(100 * i + call)) << "thread " << i;
  }
}

TEST_F(ChunkBatches, RefuseChunksOfAnotherLength) {
  ChunkBatch batch(model_->network(), model_->device(), 2);
  EXPECT_THROW(batch.add(std::vector<float>(kChunk - 1)), ShapeError);
  EXPECT_EQ(batch.size(), 0u);
}

}  // namespace
}  // namespace sonograd::models
