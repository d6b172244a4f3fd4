// [threads] Races that are planted where races of the library would be: in kernels that several threads run on one network.
// ThreadSanitizer reports each, and nothing of the same program with an order between the threads. A suppression or a library
// that hides the first, or makes up the second, fails here.
#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <latch>
#include <mutex>
#include <thread>
#include <vector>

#include "kernels/core/launch.h"
#include "kernels/core/select.h"
#include "models/tagging/chunk_scorer.h"

#if defined(__SANITIZE_THREAD__)

namespace sonograd {
namespace kernels {
namespace {

constexpr std::int64_t kBlocks = 4;

// A form of a weight that variants keep between calls, as in kernels/core/weight_cache.h.
struct Kept {
  bool ordered = false;
  std::mutex mutex;
  const float* form = nullptr;
};

// An op with one row, which keeps its own form in place of that of another call. It has the name of a real op,
// because pins are checked against the real tables.
struct KeepForm {
  static constexpr std::string_view name = "copy";
  struct Problem {
    double flops() const { return 0; }
    double bytes() const { return 0; }
    std::string summary() const { return "planted"; }
  };
  struct Args {
    View weight;
    Kept* kept;
  };
};

void planted_cache(const KeepForm::Args& args) {
  const float* const own = args.weight.data<float>();
  if (args.kept->form != own) args.kept->form = own;
}

constexpr KernelVariant<KeepForm> kKeepForm = {
    .name = kReference, .run = [](const auto&, const KeepForm::Args& args, const Context&, Workspace) {
      if (!args.kept->ordered) return planted_cache(args);
      const std::lock_guard lock(args.kept->mutex);
      planted_cache(args);
    }};
constexpr const KernelVariant<KeepForm>* kTable[] = {&kKeepForm};

// A kernel whose blocks count calls, in an order between threads or without one.
struct Calls {
  bool ordered = false;
  std::atomic<int> atomic = 0;
  int plain[kBlocks] = {};
};

void planted_launch(Calls& calls) {
  launch("planted", kBlocks, [&](std::int64_t block) {
    if (calls.ordered) {
      ++calls.atomic;
    } else {
      ++calls.plain[block];
    }
  });
}

}  // namespace
}  // namespace kernels

namespace {

using kernels::Calls;
using kernels::Kept;

/// Chunks of two samples are their own logits; on the way there the kernels above run.
class Planted final : public models::Network {
 public:
  Planted(Kept* kept, Calls* calls)
      : Network({.sample_rate = 8000, .samples = 2}, 2), kept_(kept), calls_(calls) {
    train(false);
  }
  Tensor features(const Tensor& waveforms) const override { return waveforms; }
  void forward(const Variable& features, models::Outputs& outputs) const override {
    const View map = features.data();
    if (kept_ != nullptr) kernels::run<kernels::KeepForm>(kernels::kTable, {}, {map, kept_});
    if (calls_ != nullptr) kernels::planted_launch(*calls_);
    outputs.set(models::kLogits, features);
  }

 private:
  Kept* kept_;
  Calls* calls_;
};

void score_on_two_threads(const models::Network& network) {
  models::ModelDescription about;
  about.labels = {"a", "b"};
  std::latch both(2);  // locks inside of a call would order two threads that run one after the other
  std::vector<std::jthread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      both.arrive_and_wait();
      models::ChunkScorer scorer(network, about, Device{}, 1, models::Aggregate::mean,
                                 [](std::size_t, const models::Scores&) {});
      for (int chunk = 0; chunk < 1000; ++chunk) scorer.add(0, std::vector<float>{0.5f, 0.25f});
      scorer.end_clip(0);
    });
  }
}

class PlantedRaceDeathTest : public testing::Test {
 protected:
  // A process that was only forked may not start threads under ThreadSanitizer; a new one may.
  PlantedRaceDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  static void score(Kept* kept, Calls* calls) {
    score_on_two_threads(Planted(kept, calls));
    std::exit(0);
  }
  // ThreadSanitizer's, when it has reported something.
  static constexpr int kReported = 66;
};

TEST_F(PlantedRaceDeathTest, OfACacheIsReported) {
  Kept kept;
  EXPECT_EXIT(score(&kept, nullptr), testing::ExitedWithCode(kReported),
              "ThreadSanitizer: data race(.|\n)*planted_cache(.|\n)*ChunkScorer");
}

TEST_F(PlantedRaceDeathTest, OfBlocksOfALaunchIsReported) {
  Calls calls;
  EXPECT_EXIT(score(nullptr, &calls), testing::ExitedWithCode(kReported),
              "ThreadSanitizer: data race(.|\n)*planted_launch(.|\n)*ChunkScorer");
}

TEST_F(PlantedRaceDeathTest, TheirCorrectTwinsAreNot) {
  Kept kept;
  kept.ordered = true;
  Calls calls;
  calls.ordered = true;
  EXPECT_EXIT(score(&kept, &calls), testing::ExitedWithCode(0), "^$");
}

}  // namespace
}  // namespace sonograd

#endif
