// [threads] Threads that score one model while variants are pinned, timed and logged by others.
#include <atomic>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <thread>

#include "kernels/core/fastest.h"
#include "kernels/core/pins.h"
#include "models/core/model.h"
#include "models/tagging/chunk_scorer.h"
#include "tests/app/small_model.h"

namespace sonograd::models {
namespace {

constexpr int kScorers = 4, kClips = 12;

// Scores of clips that are all alike, one row each.
std::vector<Scores> score(const Model& model) {
  test::Lcg lcg(11);
  std::vector<float> sound(32768);
  for (float& sample : sound) sample = static_cast<float>(lcg.next());
  std::vector<Scores> results;
  ChunkScorer scorer(model.network(), model.about(), model.device(), 2, Aggregate::mean,
                     [&](std::size_t, const Scores& scores) { results.push_back(scores); });
  for (std::size_t clip = 0; clip < kClips; ++clip) {
    scorer.add(clip, sound);
    scorer.end_clip(clip);
  }
  scorer.flush();
  return results;
}

class SharedChoices : public testing::Test {
 protected:
  ~SharedChoices() override {
    kernels::choose_in_order();
    kernels::unpin_kernels();
  }

  // While `meanwhile` runs, again and again.
  void expect_near_on_every_thread(const std::function<void(int)>& meanwhile) {
    const auto model = std::make_shared<const Model>(test::small_model());
    const Scores expected = score(*model).front();
    std::vector<std::vector<Scores>> results(kScorers);
    std::atomic<int> scoring = kScorers;
    {
      std::vector<std::jthread> threads;
      for (auto& result : results) {
        threads.emplace_back([&] {
          result = score(*model);
          --scoring;
        });
      }
      for (int round = 0; scoring > 0; ++round) meanwhile(round);
    }
    for (const auto& rows : results) {
      ASSERT_EQ(rows.size(), std::size_t{kClips});
      for (const Scores& row : rows) {
        ASSERT_EQ(row.size(), expected.size());
        for (std::size_t i = 0; i < row.size(); ++i) EXPECT_NEAR(row[i], expected[i], 1e-5);
      }
    }
  }
};

TEST_F(SharedChoices, MayBePinnedWhileThreadsScore) {
  kernels::pin_kernel("conv2d_relu_pool", "composed");
  expect_near_on_every_thread([](int round) {
    kernels::pin_kernel("conv2d_forward", round % 2 == 0 ? "reference" : "onednn");
    std::this_thread::yield();
  });
}

TEST_F(SharedChoices, AreTimedOnAllThreadsTogether) {
  kernels::choose_fastest();
  expect_near_on_every_thread([](int) {
    kernels::fastest_choices();
    std::this_thread::yield();
  });
  EXPECT_FALSE(kernels::fastest_choices().empty()) << "twelve clips are calls enough";
}

TEST_F(SharedChoices, MayBeForgottenWhileTheyAreTimed) {
  expect_near_on_every_thread([](int round) {
    if (round % 2 == 0) {
      kernels::choose_fastest();
    } else {
      kernels::choose_in_order();
    }
    std::this_thread::yield();
  });
}

}  // namespace
}  // namespace sonograd::models
