// A system that refuses threads (ulimit -u, the pids of a container, OMP_THREAD_LIMIT): every command
// continues with those that start, or ends with one line. None waits for ever.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using Arguments = std::vector<std::string>;

// A run that does not end by itself is killed, and its exit code is 137.
test::RunResult run_or_kill(const Arguments& arguments, const std::function<void()>& prepare) {
  test::BackgroundRun run(arguments, prepare);
  const auto end = std::chrono::steady_clock::now() + 120s;
  while (run.is_running() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(2ms);
  run.send(SIGKILL);
  return run.result();
}

class Threads : public testing::Test {
 protected:
  fs::path data_ = test::tiny_data(), folder_ = test::temporary_folder("threads");
  fs::path model_ = test::small_model_file();

  Arguments training(const std::string& name, const std::string& threads = "2") const {
    Arguments arguments = test::train_arguments(data_, folder_ / name, "1");
    *(std::ranges::find(arguments, "--threads") + 1) = threads;
    arguments.emplace_back("-q");
    return arguments;
  }

  /// Commands that start threads. Each can be run again.
  std::vector<Arguments> commands() const {
    const std::string run = folder_ / "finished", synth = folder_ / "synth";
    return {{"data", "check", data_, "--threads", "3", "-q"},
            {"data", "synth", synth, "--clips", "3", "--seconds", "1", "--threads", "3", "-q"},
            training("run"),
            {"train", "--resume", run, "-q"},
            {"evaluate", run, "--data", data_, "--threads", "2", "--json", "-q"},
            {"report", run, "--threads", "2", "--json", "-q"},
            {"tag", model_, data_, "--threads", "2", "--json", "-q"}};
  }
  void SetUp() override {
#ifdef __SANITIZE_THREAD__
    GTEST_SKIP() << "ThreadSanitizer starts threads of its own";
#endif
    ASSERT_EQ(test::run_sonograd(training("finished")).exit_code, 0);
  }

  void expect_end(const Arguments& command, const std::string& expected_output, const std::string& variable,
                  int count) {
    fs::remove_all(folder_ / "run");
    fs::remove_all(folder_ / "synth");
    const auto result = run_or_kill(command, [&] {
      setenv(variable.c_str(), std::to_string(count).c_str(), 1);
      setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
      setenv("LD_PRELOAD", SONOGRAD_THREAD_FAULT, 1);
    });
    SCOPED_TRACE(concat(variable, '=', count, ' ', command[0], ' ', command[1]));
    if (result.exit_code == 0) {
      ++completed_;
      EXPECT_EQ(result.err, "");
      // Scores are those of another number of threads.
      if (command[0] == "data") {
        EXPECT_EQ(result.out, expected_output);
      }
    } else {
      EXPECT_EQ(result.exit_code, 1) << result.err << "(137: it did not end)";
      EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
      EXPECT_TRUE(result.err.starts_with("sonograd: ")) << result.err;
      EXPECT_THAT(result.err, HasSubstr("thread"));
    }
    EXPECT_EQ(test::damage_of_run(folder_ / "run"), "");
    EXPECT_EQ(test::damage_of_run(folder_ / "finished"), "");
  }

  int completed_ = 0;
};

TEST_F(Threads, NoCommandWaitsForThreadsThatAreRefused) {
  for (const Arguments& command : commands()) {
    completed_ = 0;
    const std::string output = test::run_sonograd(command).out;
    for (const int count : {0, 1, 2, 3}) expect_end(command, output, "SONOGRAD_THREADS_ALIVE", count);
    EXPECT_GE(completed_, 1) << command[0] << ' ' << command[1] << ": three threads are enough";
    for (const int count : {1, 2, 3, 4}) expect_end(command, output, "SONOGRAD_THREADS_STARTED", count);
  }
}

TEST_F(Threads, DataCheckNeedsNoThread) {
  const Arguments command = commands()[0];
  const std::string output = test::run_sonograd(command).out;
  for (const int count : {0, 1, 2}) expect_end(command, output, "SONOGRAD_THREADS_ALIVE", count);
  EXPECT_EQ(completed_, 3);
}

// Libraries that count on a team of a certain size would wait for ever for the rest of it.
TEST_F(Threads, ALimitOfOpenMpIsKept) {
  const auto limited = [] { setenv("OMP_THREAD_LIMIT", "1", 1); };
  for (const Arguments& command : commands()) {
    fs::remove_all(folder_ / "run");
    fs::remove_all(folder_ / "synth");
    const auto result = run_or_kill(command, limited);
    if (command[1] == "--resume") {
      EXPECT_EQ(result.exit_code, 1);
      EXPECT_THAT(result.err, HasSubstr("was started with 2 threads"));
    } else {
      EXPECT_EQ(result.exit_code, 0) << command[0] << ' ' << result.err;
    }
  }
  const auto loud = run_or_kill({"tag", model_, data_ / "0.wav", "--threads", "2"}, limited);
  EXPECT_THAT(loud.err, HasSubstr("warning: 1 of 2 threads"));
}

// The limit itself, where this process may change to a user that has no other process.
TEST_F(Threads, ALimitOnProcessesIsKept) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "LeakSanitizer starts a thread of its own";
#endif
  if (geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  constexpr uid_t kUser = 61234;
  fs::permissions(data_.parent_path(), fs::perms::others_read | fs::perms::others_exec,
                  fs::perm_options::add);
  const auto as_user = [](rlim_t processes) {
    return [processes] {
      const rlimit limit = {processes, processes};
      if (setgid(kUser) != 0 || setuid(kUser) != 0 || setrlimit(RLIMIT_NPROC, &limit) != 0) _exit(97);
    };
  };
  const Arguments command = {"data", "check", data_, "--threads", "2", "-q"};
  const auto free = run_or_kill(command, as_user(100));
  if (free.exit_code != 0) GTEST_SKIP() << "another user cannot run the binary here: " << free.err;
  for (const rlim_t processes : {1, 2, 3, 4}) {
    const auto result = run_or_kill(command, as_user(processes));
    EXPECT_EQ(result.exit_code, 0) << result.err << " (137: it did not end)";
    EXPECT_EQ(result.out, free.out);
    const auto tagged =
        run_or_kill({"tag", model_, data_ / "0.wav", "--threads", "2", "--json", "-q"}, as_user(processes));
    EXPECT_THAT(tagged.exit_code, testing::AnyOf(0, 1)) << tagged.err;
    if (tagged.exit_code == 1) {
      EXPECT_THAT(tagged.err, HasSubstr("cannot start a thread"));
    }
  }
}

}  // namespace
}  // namespace sonograd
