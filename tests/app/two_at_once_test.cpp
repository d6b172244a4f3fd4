// Two processes that write the same files at once: one does its work, the other is refused and changes nothing.
//
// SONOGRAD_PAIRS sets how many pairs of each command are started; scripts/pair-test does.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <unistd.h>

#include "tensor/io/owner_lock.h"
#include "tensor/support/this_process.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"
#include "tests/support/environment.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::HasSubstr;
using Arguments = std::vector<std::string>;
using Files = std::map<std::string, std::string>;

class TwoAtOnce : public testing::Test {
 protected:
  fs::path data_ = test::tiny_data(), folder_ = test::temporary_folder("two_at_once");
  fs::path model_ = test::small_model_file();

  static int pairs() { return static_cast<int>(test::from_environment("SONOGRAD_PAIRS", 3)); }

  /// Starts the command twice; both wait until the other one is there.
  static std::array<test::RunResult, 2> run_both(const Arguments& arguments) {
    int gate[2];
    EXPECT_EQ(pipe2(gate, O_CLOEXEC), 0);
    const auto wait = [&] {
      close(gate[1]);
      char byte = 0;
      [[maybe_unused]] const ssize_t ignored = read(gate[0], &byte, 1);
    };
    test::BackgroundRun first(arguments, wait), second(arguments, wait);
    close(gate[0]);
    close(gate[1]);
    return {first.result(), second.result()};
  }

  /// Starts pairs after `prepare`. One of a pair ends well, and both do only when they did not meet; the other one is
  /// refused in one line. `damage`: what is wrong then; empty: nothing.
  void for_each_pair(const Arguments& arguments, const std::function<void()>& prepare,
                     const std::function<std::string(int winners)>& damage) {
    int refused = 0, damaged = 0;
    for (int pair = 0; pair < pairs() && !HasFailure(); ++pair) {
      prepare();
      const auto results = run_both(arguments);
      int winners = 0;
      for (const test::RunResult& result : results) {
        winners += result.exit_code == 0;
        if (result.exit_code == 0) continue;
        ++refused;
        EXPECT_EQ(result.exit_code, 2) << result.err;
        EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
        EXPECT_THAT(result.err, AnyOf(HasSubstr("in use by process "), HasSubstr(" exists"))) << result.err;
      }
      EXPECT_GE(winners, 1);
      const std::string found = damage(winners);
      damaged += !found.empty();
      EXPECT_EQ(found, "") << "pair " << pair;
      EXPECT_EQ(test::temporaries(folder_), 0);
      EXPECT_EQ(locks(), 0);
    }
    std::printf("%s %s: %d pairs, %d refused, %d damaged\n", arguments[0].c_str(), arguments[1].c_str(),
                pairs(), refused, damaged);
  }

  int locks() const {
    return static_cast<int>(std::ranges::count_if(
        fs::recursive_directory_iterator(folder_),
        [](const auto& entry) { return entry.path().string().ends_with(io::OwnerLock::kName); }));
  }

  /// A command that writes where this process is the owner.
  void expect_refused(const Arguments& arguments, const fs::path& owned) const {
    const Files before = test::contents(folder_);
    const auto result = test::run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    const std::size_t error = result.err.find("sonograd: ");
    EXPECT_EQ(result.err.find('\n', error), result.err.size() - 1) << "one line of error; " << result.err;
    EXPECT_THAT(result.err, HasSubstr(owned.string()));
    EXPECT_THAT(result.err,
                HasSubstr(concat("in use by process ", getpid(), " on host ", host_name(), " since ")));
    EXPECT_TRUE(test::contents(folder_) == before) << arguments[0];
  }

  Arguments training(const fs::path& run) const {
    Arguments arguments = test::train_arguments(data_, run, "3");
    arguments.emplace_back("-q");
    return arguments;
  }
  /// A run that was stopped after an epoch or more.
  fs::path stopped_run() const {
    const fs::path run = test::temporary_path("stopped_run");
    fs::remove_all(run);
    auto arguments = test::train_arguments(data_, run, "40");
    test::run_sonograd_until(arguments, SIGTERM, [&] { return fs::exists(run / "metrics.jsonl"); });
    return run;
  }
  Arguments synth(const fs::path& out) const {
    return {"data", "synth", out, "--clips", "3", "--seconds", "1", "--threads", "1", "-q"};
  }
};

TEST_F(TwoAtOnce, TheSecondIsRefusedWithTheNameOfTheFirst) {
  const fs::path run = folder_ / "run", file = folder_ / "file";
  ASSERT_EQ(test::run_sonograd(training(run)).exit_code, 0);
  {
    const auto owner = io::OwnerLock::of_folder(run);
    expect_refused({"train", "--resume", run}, run);
  }
  {
    const auto owner = io::OwnerLock::of_new_folder(folder_ / ".new.sonograd-new", "new");
    expect_refused(training(folder_ / "new"), folder_ / "new");
  }
  fs::remove_all(folder_ / ".new.sonograd-new");
  {
    const auto owner = io::OwnerLock::of_new_folder(folder_ / "music", "music");
    expect_refused(synth(folder_ / "music"), folder_ / "music");
  }
  for (const char* const ending : {".pth", ".safetensors", ".svg", ".json", ".html"}) {
    const fs::path out = file.string() + ending;
    test::write_file(out, "earlier");
    const auto owner = io::OwnerLock::of_file(out);
    if (out.extension() == ".pth" || out.extension() == ".safetensors")
      expect_refused({"convert", model_, out}, out);
    if (out.extension() == ".svg") expect_refused({"tag", model_, data_ / "0.wav", "--timeline", out}, out);
    if (out.extension() == ".html") expect_refused({"report", run, "--out", out}, out);
    if (out.extension() == ".json") {
      expect_refused({"tag", model_, data_ / "0.wav", "--profile", out}, out);
      expect_refused(
          {"bench", "kernels", "softmax_forward", "--min-time", "0.001", "--repetitions", "1", "--out", out},
          out);
      expect_refused({"bench", "models", "short_chunk_cnn:2", "--min-time", "0.001", "--profile", out}, out);
    }
  }
}

TEST_F(TwoAtOnce, NewRun) {
  const fs::path run = folder_ / "run", whole = test::temporary_path("whole_run");
  fs::remove_all(whole);
  ASSERT_EQ(test::run_sonograd(training(whole)).exit_code, 0);
  for_each_pair(
      training(run), [&] { fs::remove_all(run); },
      [&](int winners) {
        if (winners != 1) return std::string("two winners");
        const std::string damage = test::damage_of_run(run);
        return damage.empty() ? test::difference_of_runs(run, whole) : damage;
      });
}

TEST_F(TwoAtOnce, ResumedRun) {
  const fs::path run = folder_ / "run", whole = test::temporary_path("whole_run"), stopped = stopped_run();
  ASSERT_GE(test::epochs_in(stopped), 1);
  fs::remove_all(whole);
  fs::copy(stopped, whole);
  ASSERT_EQ(test::run_sonograd({"train", "--resume", whole}).exit_code, 0);
  for_each_pair(
      {"train", "--resume", run, "-q"},
      [&] {
        fs::remove_all(run);
        fs::copy(stopped, run);
      },
      [&](int winners) {
        const auto record = nlohmann::json::parse(test::read_file(run / "run.json"));
        if (record["sessions"].size() != static_cast<std::size_t>(1 + winners))
          return std::string("sessions");
        const std::string damage = test::damage_of_run(run);
        return damage.empty() ? test::difference_of_runs(run, whole) : damage;
      });
}

TEST_F(TwoAtOnce, DataSet) {
  const fs::path data = folder_ / "data", whole = test::temporary_path("whole_data");
  fs::remove_all(whole);
  ASSERT_EQ(test::run_sonograd(synth(whole)).exit_code, 0);
  for_each_pair(
      synth(data), [&] { fs::remove_all(data); },
      [&](int winners) {
        if (winners != 1) return "two winners";
        return test::contents(data) == test::contents(whole) ? "" : "other files";
      });
}

TEST_F(TwoAtOnce, PreparedData) {
  const fs::path out = folder_ / "prepared", whole = test::temporary_path("whole_prepared");
  const auto preparing = [&](const fs::path& to) {
    return Arguments{"data", "prepare", "folder", data_, to, "--sample-rate", "8000", "--threads", "1", "-q"};
  };
  fs::remove_all(whole);
  ASSERT_EQ(test::run_sonograd(preparing(whole)).exit_code, 0);
  for_each_pair(
      preparing(out), [&] { fs::remove_all(out); },
      [&](int) { return test::contents(out) == test::contents(whole) ? "" : "other files"; });
}

TEST_F(TwoAtOnce, OneFile) {
  const fs::path run = test::temporary_path("run_of_report");
  fs::remove_all(run);
  ASSERT_EQ(test::run_sonograd(training(run)).exit_code, 0);
  const fs::path weights = folder_ / "out.pth", model = folder_ / "out.safetensors",
                 picture = folder_ / "out.svg", page = folder_ / "out.html", profile = folder_ / "out.json";
  const std::pair<Arguments, fs::path> commands[] = {
      {{"convert", model_, weights}, weights},
      {{"convert", model_, model}, model},
      {{"tag", model_, data_ / "0.wav", "--timeline", picture, "-q"}, picture},
      {{"report", run, "--out", page, "--threads", "1", "-q"}, page},
      {{"tag", model_, data_ / "0.wav", "--profile", profile, "-q"}, profile}};
  for (const auto& [command, out] : commands) {
    ASSERT_EQ(test::run_sonograd(command).exit_code, 0);
    const std::string expected = test::read_file(out);
    for_each_pair(
        command, [&] { test::write_file(out, "earlier"); },
        [&](int) -> std::string {
          const std::string found = test::read_file(out);
          if (out == profile) return nlohmann::json::accept(found) ? "" : "no trace";  // it contains times
          return found == expected ? "" : "other bytes";
        });
  }
}

TEST_F(TwoAtOnce, Explanation) {
  const fs::path out = folder_ / "out";
  const Arguments command = {
      "explain",   model_, data_ / "0.wav", "--method", "gradient", "--deletion-steps", "0",
      "--threads", "1",    "--out",         out,        "-q"};
  ASSERT_EQ(test::run_sonograd(command).exit_code, 0);
  const Files expected = test::contents(out);
  for_each_pair(
      command, [&] { fs::remove_all(out); },
      [&](int winners) {
        if (winners != 1) return "two winners";
        return test::contents(out) == expected ? "" : "other files";
      });
  fs::remove_all(out);
  const auto owner = io::OwnerLock::of_new_folder(out, out);
  expect_refused({"explain", folder_ / "no model", data_ / "0.wav", "--out", out}, out);
}

// The cache of decoded clips has no owner: both fill it.
TEST_F(TwoAtOnce, OneCache) {
  const fs::path run = test::temporary_path("run_of_cache");
  fs::remove_all(run);
  ASSERT_EQ(test::run_sonograd(training(run)).exit_code, 0);
  const Arguments command = {"evaluate", run, "--data", data_, "--json", "--threads", "1", "-q"};
  const std::string expected = test::run_sonograd(command).out;
  const fs::path cache = test::cache_home() / "sonograd" / "pcm";
  for (int pair = 0; pair < pairs(); ++pair) {
    fs::remove_all(cache);
    for (const test::RunResult& result : run_both(command)) {
      EXPECT_EQ(result.exit_code, 0) << result.err;
      EXPECT_EQ(result.err, "");
      EXPECT_EQ(result.out, expected);
    }
    EXPECT_EQ(test::temporaries(cache), 0);
  }
}

}  // namespace
}  // namespace sonograd
