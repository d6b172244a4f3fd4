// Ctrl-C: the first saves and stops with exit code 130, the second leaves at once. Other signals that end programs.
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "audio/encode.h"
#include "tensor/io/file_descriptor.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

void wait_until(const std::function<bool()>& condition) {
  while (!condition()) std::this_thread::sleep_for(5ms);
}

// `tag` on many files, writing to a pipe that is not read before `read_all`.
class TagIntoPipe : public testing::Test {
 protected:
  static constexpr int kFiles = 2000;

  void SetUp() override {
    const fs::path clip = test::temporary_path("clip.wav");
    audio::write_sound(clip, std::vector<float>(800, 0.1f), 8000, audio::Encoding::wav_pcm16);
    std::vector<std::string> arguments = {"tag", test::small_model_file(), "--json", "--threads", "1"};
    arguments.insert(arguments.end(), kFiles, clip);
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    reader_ = io::FileDescriptor(ends[0]);
    io::FileDescriptor writer(ends[1]);
    run_.emplace(arguments, [&] { dup2(writer.get(), STDOUT_FILENO); });
    writer = io::FileDescriptor();
    wait_until([this] { return is_stuck(); });
  }

  /// True when the pipe is nearly full and nothing has been written for a while.
  bool is_stuck() {
    int before = 0, after = 0;
    ioctl(reader_.get(), FIONREAD, &before);
    std::this_thread::sleep_for(100ms);
    ioctl(reader_.get(), FIONREAD, &after);
    return before == after && before > fcntl(reader_.get(), F_GETPIPE_SZ) / 4 * 3;
  }

  std::string read_all() {
    std::string text;
    char block[4096];
    for (ssize_t count; (count = read(reader_.get(), block, sizeof(block))) > 0;)
      text.append(block, static_cast<std::size_t>(count));
    return text;
  }

  io::FileDescriptor reader_;
  std::optional<test::BackgroundRun> run_;
};

TEST_F(TagIntoPipe, FirstInterruptEndsWithAWholeLine) {
  run_->send(SIGINT);
  const std::string text = read_all();
  EXPECT_EQ(run_->result().exit_code, 130);
  std::istringstream lines(text);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count)
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  EXPECT_TRUE(text.ends_with('\n'));
  EXPECT_GT(count, 100);
  EXPECT_LT(count, kFiles);
}

TEST_F(TagIntoPipe, SecondInterruptLeavesAtOnce) {
  run_->send(SIGINT);
  std::this_thread::sleep_for(50ms);
  ASSERT_TRUE(run_->is_running()) << "it still has a line to write";
  run_->send(SIGINT);
  EXPECT_EQ(run_->result().exit_code, 130);
}

TEST(TagSignals, FirstInterruptEndsTheWaitForStdin) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const io::FileDescriptor reader(ends[0]), writer(ends[1]);
  test::BackgroundRun tag({"tag", test::small_model_file(), "-"}, [&] { dup2(reader.get(), STDIN_FILENO); });
  std::this_thread::sleep_for(300ms);
  ASSERT_TRUE(tag.is_running()) << "more may come";
  tag.send(SIGINT);
  EXPECT_EQ(tag.result().exit_code, 130);
}

TEST(BenchSignals, FirstInterruptLeavesNoFile) {
  const fs::path folder = test::temporary_folder("bench_signal"), out = folder / "times.json";
  test::BackgroundRun bench({"bench", "models", "short_chunk_cnn:2", "--filter", "infer", "--min-time",
                             "0.001", "--repetitions", "1000", "--out", out});
  wait_until([&] { return test::temporaries(folder) == 1 || !bench.is_running(); });
  std::this_thread::sleep_for(200ms);
  bench.send(SIGINT);
  const auto result = bench.result();
  if (result.exit_code == 1) GTEST_SKIP() << "built without Google Benchmark";
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_EQ(test::temporaries(folder), 0);
  EXPECT_FALSE(fs::exists(out));
}

// The folder is there from the beginning, and goes again.
TEST(ExplainSignals, FirstInterruptLeavesNoFolder) {
  const fs::path folder = test::temporary_folder("explain_signal"), out = folder / "deep" / "out";
  const fs::path clip = test::temporary_path("explained.wav");
  audio::write_sound(clip, std::vector<float>(8000, 0.1f), 8000, audio::Encoding::wav_pcm16);
  test::BackgroundRun explain(
      {"explain", test::small_model_file(), clip, "--steps", "10000", "--threads", "1", "--out", out});
  wait_until([&] { return fs::exists(out) || !explain.is_running(); });
  std::this_thread::sleep_for(100ms);
  ASSERT_TRUE(explain.is_running()) << explain.result().err;
  explain.send(SIGINT);
  EXPECT_EQ(explain.result().exit_code, 130);
  EXPECT_TRUE(fs::is_empty(folder));
}

// `doctor` measures for a while and has nothing to save.
TEST(DoctorSignals, FirstInterruptEndsIt) {
  test::BackgroundRun doctor({"doctor"});
  std::this_thread::sleep_for(30ms);
  doctor.send(SIGINT);
  EXPECT_EQ(doctor.result().exit_code, 128 + SIGINT);
}

// One step of this network takes seconds.
std::vector<std::string> slow_training(const fs::path& data, const fs::path& run) {
  auto arguments = test::train_arguments(data, run, "1");
  for (const char* setting : {"model.channels=96", "train.batch=18"})
    arguments.insert(arguments.end(), {"--set", setting});
  return arguments;
}

TEST(TrainSignals, SecondInterruptLeavesWithoutSaving) {
  const fs::path data = test::tiny_data(), run = test::temporary_path("run_two_signals");
  test::BackgroundRun training(slow_training(data, run));
  wait_until([&] { return fs::exists(run / "run.json") || !training.is_running(); });
  training.send(SIGINT);
  std::this_thread::sleep_for(50ms);
  ASSERT_TRUE(training.is_running()) << "it still has a step to finish";
  training.send(SIGTERM);
  EXPECT_EQ(training.result().exit_code, 130);
  EXPECT_FALSE(fs::exists(run / "last.ckpt"));
  EXPECT_EQ(test::damage_of_run(run), "");
}

TEST(TrainSignals, FirstInterruptSavesTheStep) {
  const fs::path data = test::tiny_data(), run = test::temporary_path("run_one_signal");
  auto arguments = test::train_arguments(data, run, "1000");
  const auto stopped =
      test::run_sonograd_until(arguments, SIGTERM, [&] { return fs::exists(run / "last.ckpt"); });
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_NE(stopped.err.find("--resume"), std::string::npos) << stopped.err;
  EXPECT_GE(test::epochs_in(run), 1);
  EXPECT_EQ(test::damage_of_run(run), "");
  EXPECT_EQ(test::temporaries(run), 0);
}

TEST(TrainSignals, AClosedTerminalSavesTheStep) {
  const fs::path data = test::tiny_data(), run = test::temporary_path("run_hangup");
  const auto stopped = test::run_sonograd_until(test::train_arguments(data, run, "1000"), SIGHUP,
                                                [&] { return fs::exists(run / "last.ckpt"); });
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_EQ(test::damage_of_run(run), "");
}

// nohup ignores SIGHUP, shells ignore SIGINT of background jobs.
TEST(TrainSignals, IgnoredSignalsStayIgnored) {
  const fs::path data = test::tiny_data(), run = test::temporary_path("run_ignored");
  test::BackgroundRun training(test::train_arguments(data, run, "6"), [] {
    for (const int number : {SIGINT, SIGHUP}) std::signal(number, SIG_IGN);
  });
  // Before the program runs, the child of this process handles signals as this process does.
  while (training.is_running() && !fs::exists(run / "config.toml")) std::this_thread::sleep_for(1ms);
  while (training.is_running()) {
    training.send(SIGINT);
    training.send(SIGHUP);
    std::this_thread::sleep_for(5ms);
  }
  const auto result = training.result();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(test::epochs_in(run), 6);
}

TEST(FileSizeSignals, TheLimitIsAnErrorThatNamesTheFile) {
  const fs::path out = test::temporary_folder("size_limit") / "out.pth";
  const auto result = test::run_sonograd({"convert", test::small_model_file(), out}, [] {
    const rlimit limit = {4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
  });
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, concat("sonograd: ", out.string(), ": cannot write: File too large\n"));
  EXPECT_TRUE(fs::is_empty(out.parent_path()));
}

TEST(DataSynthSignals, InterruptedDataSetIsCompletedByTheSameCommand) {
  const fs::path data = test::temporary_path("synth_signal");
  const std::vector<std::string> arguments = {"data",      "synth", data,        "--clips", "12",
                                              "--seconds", "2",     "--threads", "1"};
  const auto stopped =
      test::run_sonograd_until(arguments, SIGINT, [&] { return fs::exists(data / "audio" / "00000.flac"); });
  EXPECT_EQ(stopped.exit_code, 130) << stopped.err;
  EXPECT_FALSE(fs::exists(data / "labels.tsv"));
  EXPECT_EQ(test::run_sonograd(arguments).exit_code, 0);
  EXPECT_EQ(test::contents(data).size(), 13u);
}

}  // namespace
}  // namespace sonograd
