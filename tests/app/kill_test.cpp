// SIGKILL at random moments: nothing is lost, and the same command or --resume ends with the same bytes.
//
// SONOGRAD_KILLS and SONOGRAD_KILL_SEED: number and seed of the kills; scripts/kill-test sets them.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <gtest/gtest.h>

#include "tensor/random.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"
#include "tests/support/environment.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using Arguments = std::vector<std::string>;

class Kill : public testing::Test {
 protected:
  fs::path folder_ = test::temporary_folder("kill");

  /// The share of all kills that a test makes.
  static int kills(double share) {
    return static_cast<int>(share * static_cast<double>(test::from_environment("SONOGRAD_KILLS", 16)));
  }

  /// Runs to the end and keeps the duration.
  void run_undisturbed(const Arguments& arguments) {
    const Clock::time_point begin = Clock::now();
    const auto result = test::run_sonograd(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    undisturbed_ = Clock::now() - begin;
  }

  /// Runs until a random moment, at most a little later than an undisturbed run would have ended.
  test::RunResult run_and_kill(const Arguments& arguments) {
    const Clock::time_point end =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(undisturbed_ * random_.uniform(0, 1.1f));
    auto result = test::run_sonograd_until(arguments, SIGKILL, [end] { return Clock::now() >= end; });
    const bool was_killed = result.exit_code == 128 + SIGKILL;
    EXPECT_TRUE(was_killed || result.exit_code == 0) << result.exit_code << ": " << result.err;
    kills_ += was_killed;
    in_writes_ += was_killed && test::temporaries(folder_) > 0;
    if (was_killed && kills_ % 50 == 0) report("so far");
    return result;
  }

  /// `problem` describes the damage after a kill; empty: none.
  void expect_no_loss(const std::string& problem) {
    losses_ += !problem.empty();
    EXPECT_EQ(problem, "") << "after kill " << kills_;
  }

  void TearDown() override { report("in all"); }

  int kills_ = 0;

 private:
  void report(const char* when) const {
    const char* const test = testing::UnitTest::GetInstance()->current_test_info()->name();
    std::printf("%s: %s %d kills, %d of them during a write, %d losses\n", test, when, kills_, in_writes_,
                losses_);
    std::fflush(stdout);
  }

  Random random_{{.seed = static_cast<std::uint64_t>(test::from_environment("SONOGRAD_KILL_SEED", 1)),
                  .stream = RandomStream::test}};
  Seconds undisturbed_{};
  int in_writes_ = 0;
  int losses_ = 0;
};

TEST_F(Kill, Train) {
  const fs::path data = test::tiny_data(), whole = test::temporary_path("kill_whole"), run = folder_ / "run";
  fs::remove_all(whole);
  run_undisturbed(test::train_arguments(data, whole, "3"));
  while (kills_ < kills(0.5)) {
    fs::remove_all(run);
    std::int64_t epochs = 0;
    for (bool finished = false; !finished;) {
      const bool exists = fs::exists(run);
      const auto result =
          run_and_kill(exists ? Arguments{"train", "--resume", run} : test::train_arguments(data, run, "3"));
      finished = result.exit_code != 128 + SIGKILL;
      expect_no_loss(test::damage_of_run(run));
      expect_no_loss(test::epochs_in(run) < epochs ? "an earlier checkpoint" : "");
      epochs = test::epochs_in(run);
      if (HasFailure()) return;
    }
    expect_no_loss(test::difference_of_runs(run, whole));
    EXPECT_EQ(test::temporaries(folder_), 0);
  }
}

TEST_F(Kill, DataSynth) {
  const auto arguments = [](const fs::path& out) {
    return Arguments{"data", "synth", out, "--clips", "6", "--seconds", "2", "--threads", "2"};
  };
  const fs::path whole = test::temporary_path("kill_data"), data = folder_ / "data";
  fs::remove_all(whole);
  run_undisturbed(arguments(whole));
  const auto expected = test::contents(whole);
  while (kills_ < kills(0.25)) {
    fs::remove_all(data);
    for (bool finished = false; !finished;) {
      finished = run_and_kill(arguments(data)).exit_code != 128 + SIGKILL;
      if (HasFailure()) return;
      if (finished || !fs::exists(data)) continue;
      for (const auto& [name, bytes] : test::contents(data)) {
        const bool is_final = name.starts_with("audio/0") || name == "labels.tsv";
        expect_no_loss(is_final && bytes != expected.at(name) ? name + " is not complete" : "");
      }
      finished = !fs::exists(data / "unfinished.txt") && fs::exists(data / "labels.tsv");
    }
    expect_no_loss(test::contents(data) == expected ? "" : "other bytes");
  }
}

TEST_F(Kill, Convert) {
  const fs::path model = test::small_model_file(), out = folder_ / "out.pth";
  const Arguments arguments = {"convert", model, out};
  run_undisturbed(arguments);
  const std::string converted = test::read_file(out);
  while (kills_ < kills(0.125)) {
    test::write_file(out, "earlier");
    const auto result = run_and_kill(arguments);
    const std::string found = test::read_file(out);
    const bool may_be_earlier = result.exit_code != 0;
    expect_no_loss(found == converted || (may_be_earlier && found == "earlier") ? "" : "half a file");
    if (HasFailure()) return;
  }
  ASSERT_EQ(test::run_sonograd(arguments).exit_code, 0);
  EXPECT_EQ(test::contents(folder_).size(), 1u) << "temporaries of killed runs are cleaned up";
}

TEST_F(Kill, Explain) {
  const fs::path out = folder_ / "out";
  const Arguments arguments = {"explain",
                               test::small_model_file(),
                               test::tiny_data() / "0.wav",
                               "--method",
                               "gradient",
                               "--deletion-steps",
                               "0",
                               "--threads",
                               "1",
                               "--out",
                               out};
  run_undisturbed(arguments);
  const auto expected = test::contents(out);
  while (kills_ < kills(0.125)) {
    fs::remove_all(out);
    for (bool finished = false; !finished;) {
      run_and_kill(arguments);
      finished = fs::exists(out / "explanation.json");
      if (HasFailure()) return;
    }
    for (const auto& [name, bytes] : expected)
      expect_no_loss(test::read_file(out / name) == bytes ? "" : name + " is not complete");
  }
}

TEST_F(Kill, Tag) {
  const fs::path model = test::small_model_file(), data = test::tiny_data();
  const std::string model_bytes = test::read_file(model);
  const Arguments arguments = {"tag", model, data, "--json", "--all", "--threads", "1"};
  run_undisturbed(arguments);
  const std::string expected = test::run_sonograd(arguments).out;
  while (kills_ < kills(0.125)) {
    const auto result = run_and_kill(arguments);
    expect_no_loss(expected.starts_with(result.out) ? "" : "other lines");
    expect_no_loss(result.exit_code != 0 || result.out == expected ? "" : "fewer lines");
    if (HasFailure()) return;
  }
  EXPECT_EQ(test::read_file(model), model_bytes);
}

}  // namespace
}  // namespace sonograd
