// [threads] One model that several threads use at the same time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <omp.h>
#include <thread>

#include "include/sonograd/tagger.h"
#include "kernels/core/launch.h"
#include "models/core/model.h"
#include "models/tagging/chunk_scorer.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

constexpr int kThreads = 4;

std::vector<float> noise(std::uint32_t seed, std::size_t samples) {
  test::Lcg lcg(seed);
  std::vector<float> sound(samples);
  for (float& sample : sound) sample = static_cast<float>(lcg.next());
  return sound;
}

std::vector<float> scores_of(const models::Model& model, std::uint32_t seed) {
  std::vector<float> result;
  models::ChunkScorer scorer(model.network(), model.about(), model.device(), 2, models::Aggregate::mean,
                             [&](std::size_t, const models::Scores& scores) { result = scores; });
  for (std::uint32_t i = 0; i < 3; ++i) scorer.add(0, noise(seed + i, 32768));
  scorer.end_clip(0);
  scorer.flush();
  return result;
}

// ThreadSanitizer does not detect the barriers of libgomp: under it each thread computes alone (tests/CMakeLists.txt).
#if defined(__SANITIZE_THREAD__)
constexpr int kMostThreads = 1;
#else
constexpr int kMostThreads = 2;
#endif

class SharedModel : public testing::Test {
 protected:
  SharedModel() { kernels::set_threads(kMostThreads); }
  ~SharedModel() override { kernels::set_threads(before_); }

 private:
  int before_ = kernels::threads();
};

TEST_F(SharedModel, GivesEveryThreadTheBitsOfASingleOne) {
  const std::shared_ptr<const models::Model> model =
      std::make_shared<const models::Model>(test::small_model());
  std::vector<std::vector<float>> expected(kThreads), actual(kThreads);
  for (std::uint32_t i = 0; i < kThreads; ++i) expected[i] = scores_of(*model, 100 * i);
  // Another object, so that nothing is left of the passes above.
  const auto shared = std::make_shared<const models::Model>(test::small_model());
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < kThreads; ++i)
      threads.emplace_back([shared, i, &actual] { actual[i] = scores_of(*shared, 100 * i); });
  }
  for (std::size_t i = 0; i < kThreads; ++i) {
    ASSERT_EQ(expected[i].size(), 3u);
    EXPECT_EQ(actual[i], expected[i]) << "thread " << i;
  }
}

TEST_F(SharedModel, ComputesOnEveryThreadWithTheThreadsThatAreSet) {
  const auto model = std::make_shared<const models::Model>(test::small_model());
  for (int count = 1; count <= kMostThreads; ++count) {
    kernels::set_threads(count);
    std::vector<int> used(kThreads);
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
          scores_of(*model, 7);
          used[i] = omp_get_max_threads();
        });
      }
    }
    EXPECT_THAT(used, testing::Each(count));
  }
}

TEST_F(SharedModel, ATaggerServesSeveralThreads) {
  const Tagger tagger(Model::load(test::small_model_file()));
  const std::vector<float> sound = noise(5, 100000);
  const Tags expected = tagger.tag(sound, 8000);
  std::vector<Tags> actual(kThreads);
  {
    std::vector<std::jthread> threads;
    for (Tags& tags : actual) threads.emplace_back([&] { tags = tagger.tag(sound, 8000); });
  }
  for (const Tags& tags : actual) {
    ASSERT_EQ(tags.tags.size(), expected.tags.size());
    for (std::size_t i = 0; i < tags.tags.size(); ++i) EXPECT_EQ(tags.tags[i].score, expected.tags[i].score);
  }
}

}  // namespace
}  // namespace sonograd
