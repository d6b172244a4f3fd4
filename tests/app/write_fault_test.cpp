// Every call that changes a file fails once, in each command that writes any.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

#include "tensor/support/error.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"
#include "tests/support/environment.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::Eq;
using testing::HasSubstr;

/// Number of faults of each command, SONOGRAD_FAULTS; 0: one for every call.
std::size_t faults() {
  return static_cast<std::size_t>(test::from_environment("SONOGRAD_FAULTS", 6));
}

struct FaultRun {
  test::RunResult result;
  std::vector<std::string> calls;   ///< those that were counted, in their order
  std::vector<std::string> failed;  ///< those of them that were made to fail
};

/// Calls that are made to fail: all of them, or a few from all parts of the sequence at distances unlike its
/// repetitions. Rows of equal calls count as one.
std::vector<std::size_t> faults_to_try(const std::vector<std::string>& calls) {
  std::vector<std::size_t> distinct;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (i == 0 || calls[i] != calls[i - 1] || faults() == 0) distinct.push_back(i + 1);
  }
  if (faults() == 0 || distinct.size() <= faults()) return distinct;
  constexpr double kGoldenRatio = 0.6180339887498949;
  std::vector<std::size_t> chosen;
  for (std::size_t i = 1; i <= faults(); ++i) {
    const double place = std::fmod(static_cast<double>(i) * kGoldenRatio, 1.0);
    chosen.push_back(distinct[static_cast<std::size_t>(place * static_cast<double>(distinct.size()))]);
  }
  return chosen;
}

bool is_close(const std::string& call) {
  return call.starts_with("close ");
}

/// An error of close does not matter after a file has been synced; every other error must be reported in one line with
/// the file and the reason.
void expect_clear_error(const FaultRun& run, const fs::path& folder) {
  if (std::ranges::all_of(run.failed, is_close)) {
    EXPECT_EQ(run.result.exit_code, 0) << run.result.err;
    return;
  }
  EXPECT_EQ(run.result.exit_code, 1) << run.result.err;
  const std::size_t start = run.result.err.rfind("sonograd: ");
  ASSERT_NE(start, std::string::npos) << run.result.err;
  const std::string message = run.result.err.substr(start);
  EXPECT_EQ(std::ranges::count(message, '\n'), 1) << message;
  EXPECT_THAT(message, HasSubstr(folder.string()));
  EXPECT_THAT(message, AnyOf(HasSubstr("No space left on device"), HasSubstr("Input/output error")));
}

class WriteFault : public testing::Test {
 protected:
  /// Everything that a command of the test may write lies below it.
  fs::path folder_ = test::temporary_folder("write_fault");
  fs::path cache_;  ///< cache of decoded clips; empty: one that is not observed

  /// Runs with call `at` below the folder failing, counted from 1; 0: none (tests/faults/write_fault.cpp).
  FaultRun run_with_fault(const std::vector<std::string>& arguments, const std::string& kind,
                          std::size_t at) const {
    const fs::path log = test::write_file("faults.log", "");
    FaultRun run{.result = test::run_sonograd(arguments,
                                              [&] {
                                                setenv("SONOGRAD_FAULT_FOLDER", folder_.c_str(), 1);
                                                setenv("SONOGRAD_FAULT_KIND", kind.c_str(), 1);
                                                setenv("SONOGRAD_FAULT_AT", std::to_string(at).c_str(), 1);
                                                setenv("SONOGRAD_FAULT_LOG", log.c_str(), 1);
                                                if (!cache_.empty())
                                                  setenv("XDG_CACHE_HOME", cache_.c_str(), 1);
                                                setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
                                                setenv("LD_PRELOAD", SONOGRAD_WRITE_FAULT, 1);
                                              }),
                 .calls = {},
                 .failed = {}};
    std::istringstream lines(test::read_file(log));
    for (std::string outcome, call; lines >> outcome && std::getline(lines >> std::ws, call);) {
      run.calls.push_back(call);
      if (outcome == "failed") run.failed.push_back(call);
    }
    return run;
  }

  /// Calls `prepare`, runs the command with a fault and calls `check`, once for each fault.
  void for_each_fault(const std::vector<std::string>& arguments, const std::function<void()>& prepare,
                      const std::function<void(const FaultRun&)>& check) {
    prepare();
    const FaultRun undisturbed = run_with_fault(arguments, "EIO", 0);
    ASSERT_EQ(undisturbed.result.exit_code, 0) << undisturbed.result.err;
    ASSERT_GT(undisturbed.calls.size(), 5u);
    for (const char* const kind : {"EIO", "ENOSPC"}) {
      for (const std::size_t at : faults_to_try(undisturbed.calls)) {
        prepare();
        const FaultRun run = run_with_fault(arguments, kind, at);
        ASSERT_FALSE(run.failed.empty()) << "call " << at << " of " << undisturbed.calls.size();
        SCOPED_TRACE(concat(kind, " at call ", at, ": ", run.failed.front()));
        EXPECT_EQ(test::temporaries(folder_), 0);
        check(run);
      }
    }
  }
};

class TrainFault : public WriteFault {
 protected:
  fs::path data_ = test::tiny_data(), whole_ = test::temporary_path("undisturbed"), run_ = folder_ / "run";

  std::vector<std::string> arguments(const fs::path& run) const {
    return test::train_arguments(data_, run, "2");
  }
  void SetUp() override {
    fs::remove_all(whole_);
    ASSERT_EQ(test::run_sonograd(arguments(whole_)).exit_code, 0);
  }
  void expect_to_finish_like_the_undisturbed_run() {
    const bool exists = fs::exists(run_);
    const auto rest =
        test::run_sonograd(exists ? std::vector<std::string>{"train", "--resume", run_} : arguments(run_));
    EXPECT_EQ(rest.exit_code, 0) << rest.err;
    EXPECT_EQ(test::difference_of_runs(run_, whole_), "");
  }
};

TEST_F(TrainFault, NewRunKeepsWhatItHas) {
  for_each_fault(
      arguments(run_), [&] { fs::remove_all(run_); },
      [&](const FaultRun& run) {
        expect_clear_error(run, folder_);
        EXPECT_EQ(test::damage_of_run(run_), "");
        expect_to_finish_like_the_undisturbed_run();
      });
}

TEST_F(TrainFault, SecondEpochKeepsTheCheckpointOfTheFirst) {
  const fs::path first_epoch = test::temporary_path("first_epoch");
  fs::remove_all(first_epoch);
  const auto writes_checkpoint = [](const std::string& call) {
    return call.starts_with("rename ") && call.ends_with("last.ckpt");
  };
  const FaultRun complete = run_with_fault(arguments(run_), "EIO", 0);
  const auto last = std::find_if(complete.calls.rbegin(), complete.calls.rend(), writes_checkpoint);
  ASSERT_NE(last, complete.calls.rend());
  fs::remove_all(run_);
  run_with_fault(arguments(run_), "EIO", static_cast<std::size_t>(complete.calls.rend() - last));
  fs::rename(run_, first_epoch);
  ASSERT_EQ(test::epochs_in(first_epoch), 1);

  for_each_fault(
      {"train", "--resume", run_},
      [&] {
        fs::remove_all(run_);
        fs::copy(first_epoch, run_);
      },
      [&](const FaultRun& run) {
        expect_clear_error(run, folder_);
        EXPECT_EQ(test::damage_of_run(run_), "");
        EXPECT_GE(test::epochs_in(run_), 1);
        expect_to_finish_like_the_undisturbed_run();
      });
}

TEST_F(TrainFault, ShortWritesAreContinued) {
  const FaultRun run = run_with_fault(arguments(run_), "short", 1);
  EXPECT_EQ(run.result.exit_code, 0) << run.result.err;
  EXPECT_GT(run.failed.size(), 20u);
  EXPECT_EQ(test::difference_of_runs(run_, whole_), "");
}

TEST_F(WriteFault, ConvertKeepsTheEarlierFile) {
  const fs::path model = test::small_model_file();
  fs::create_directories(folder_ / "models");
  for (const char* const name : {"out.pth", "out.safetensors"}) {
    const fs::path out = folder_ / "models" / name;
    ASSERT_EQ(test::run_sonograd({"convert", model, out}).exit_code, 0);
    const std::string converted = test::read_file(out);
    for_each_fault(
        {"convert", model, out}, [&] { test::write_file(out, "earlier"); },
        [&](const FaultRun& run) {
          expect_clear_error(run, folder_);
          const std::string& failed = run.failed.front();
          const bool is_replaced = is_close(failed) || (failed.find(".sonograd") == std::string::npos &&
                                                        !failed.starts_with("rename "));
          EXPECT_TRUE(test::read_file(out) == (is_replaced ? converted : "earlier"));
        });
    const FaultRun run = run_with_fault({"convert", model, out}, "short", 1);
    EXPECT_EQ(run.result.exit_code, 0) << run.result.err;
    EXPECT_TRUE(test::read_file(out) == converted);
  }
}

TEST_F(WriteFault, ExplainWritesAllOrNothing) {
  const fs::path out = folder_ / "out";
  for_each_fault(
      {"explain", test::small_model_file(), test::tiny_data() / "0.wav", "--method", "gradient",
       "--deletion-steps", "0", "--threads", "1", "--out", out},
      [&] { fs::remove_all(out); },
      [&](const FaultRun& run) {
        expect_clear_error(run, folder_);
        EXPECT_EQ(fs::exists(out), run.result.exit_code == 0) << run.result.err;
        EXPECT_EQ(fs::exists(out / "explanation.json"), run.result.exit_code == 0);
      });
}

TEST_F(WriteFault, DataSynthIsCompletedByTheSameCommand) {
  const fs::path data = folder_ / "data", whole = test::temporary_path("undisturbed_data");
  const auto arguments = [](const fs::path& out) {
    return std::vector<std::string>{"data", "synth", out, "--clips", "2", "--seconds", "1", "--threads", "1"};
  };
  fs::remove_all(whole);
  ASSERT_EQ(test::run_sonograd(arguments(whole)).exit_code, 0);
  for_each_fault(
      arguments(data), [&] { fs::remove_all(data); },
      [&](const FaultRun& run) {
        expect_clear_error(run, folder_);
        if (run.result.exit_code == 0) return;
        const auto rest = test::run_sonograd(arguments(data));
        EXPECT_EQ(rest.exit_code, 0) << rest.err;
        EXPECT_TRUE(test::contents(data) == test::contents(whole));
      });
}

TEST_F(WriteFault, DataPrepareIsCompletedByTheSameCommand) {
  const fs::path data = test::tiny_data(), out = folder_ / "out",
                 whole = test::temporary_path("undisturbed_out");
  const auto arguments = [&](const fs::path& to) {
    return std::vector<std::string>{"data",          "prepare", "folder",    data, to,
                                    "--sample-rate", "8000",    "--threads", "1"};
  };
  fs::remove_all(whole);
  ASSERT_EQ(test::run_sonograd(arguments(whole)).exit_code, 0);
  for_each_fault(
      arguments(out), [&] { fs::remove_all(out); },
      [&](const FaultRun& run) {
        expect_clear_error(run, folder_);
        if (run.result.exit_code == 0) return;
        const auto rest = test::run_sonograd(arguments(out));
        EXPECT_EQ(rest.exit_code, 0) << rest.err;
        EXPECT_TRUE(test::contents(out) == test::contents(whole));
      });
}

TEST_F(WriteFault, CacheIsNotNeeded) {
  const fs::path data = test::tiny_data(), model = test::temporary_path("run_for_cache");
  fs::remove_all(model);
  ASSERT_EQ(test::run_sonograd(test::train_arguments(data, model, "1")).exit_code, 0);
  cache_ = folder_ / "cache";
  const std::vector<std::string> arguments = {"evaluate", model, "--data", data, "--json", "--threads", "1"};
  const std::string scores = run_with_fault(arguments, "EIO", 0).result.out;
  for_each_fault(
      arguments, [&] { fs::remove_all(cache_); },
      [&](const FaultRun& run) {
        EXPECT_EQ(run.result.exit_code, 0) << run.result.err;
        EXPECT_EQ(run.result.out, scores);
        if (!std::ranges::all_of(run.failed, is_close)) {
          EXPECT_THAT(run.result.err, HasSubstr("decoded clips are not cached: "));
        }
        EXPECT_EQ(run_with_fault(arguments, "EIO", 0).result.out, scores);
      });
}

}  // namespace
}  // namespace sonograd
