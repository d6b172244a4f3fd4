// stdout and stderr that are full, closed or too small.
#include <csignal>
#include <cstdio>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "audio/encode.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;
using testing::AllOf;
using testing::HasSubstr;

void full_stdout() {
  if (std::freopen("/dev/full", "w", stdout) == nullptr) _exit(97);
}

void full_stderr() {
  if (std::freopen("/dev/full", "w", stderr) == nullptr) _exit(97);
}

// The file behind stdout cannot grow beyond 1000 bytes: a write is cut short, the next one fails.
void short_stdout() {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit = {1000, 1000};
  setrlimit(RLIMIT_FSIZE, &limit);
}

class Output : public testing::Test {
 protected:
  fs::path model = test::small_model_file();
  fs::path folder = test::temporary_folder("output");

  std::vector<std::string> tag_arguments(int files, const std::string& format) {
    std::vector<std::string> arguments = {"tag", model, "--all", "--threads", "1", format};
    for (int i = 0; i < files; ++i) {
      const fs::path clip = folder / concat(i, ".wav");
      audio::write_sound(clip, std::vector<float>(8000, 0.1f), 8000, audio::Encoding::wav_pcm16);
      arguments.push_back(clip);
    }
    return arguments;
  }
};

TEST_F(Output, FullStdoutIsAnError) {
  const std::vector<std::vector<std::string>> commands = {
      tag_arguments(2, "--json"),       tag_arguments(2, "--format=table"),
      tag_arguments(2, "--format=csv"), {"models", "fcn"},
      {"models", "fcn", "--json"},      {"train", "--print-config", "--arch", "fcn"}};
  for (const auto& command : commands) {
    const auto result = run_sonograd(command, full_stdout);
    EXPECT_EQ(result.exit_code, 1) << command[0] << ' ' << command[1];
    EXPECT_THAT(result.err, AllOf(HasSubstr("standard output"), HasSubstr("No space left on device")));
  }
  EXPECT_NE(run_sonograd({"--help"}, full_stdout).exit_code, 0);
}

TEST_F(Output, StdoutThatTakesAPartIsAnErrorAndKeepsThatPart) {
  const auto arguments = tag_arguments(12, "--json");
  const auto whole = run_sonograd(arguments);
  const auto cut = run_sonograd(arguments, short_stdout);
  EXPECT_EQ(cut.exit_code, 1);
  EXPECT_THAT(cut.err, AllOf(HasSubstr("standard output"), HasSubstr("File too large")));
  EXPECT_EQ(cut.out, whole.out.substr(0, 1000));
}

TEST_F(Output, ClosedStdoutIsAnError) {
  EXPECT_EQ(run_sonograd(tag_arguments(1, "--json"), [] { close(STDOUT_FILENO); }).exit_code, 1);
}

TEST_F(Output, FullStderrIsNoError) {
  const auto arguments = tag_arguments(3, "--json");
  const auto result = run_sonograd(arguments, full_stderr);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, run_sonograd(arguments).out);
}

// stdout and stderr of C belong to libraries, whose output is dropped (app/terminal/output.h).
TEST_F(Output, CommandsPrintThroughOutputOnly) {
  for (const auto& entry : fs::recursive_directory_iterator(SONOGRAD_SOURCE_DIR "/app")) {
    if (!entry.is_regular_file() || entry.path().stem() == "output") continue;
    const std::string text = test::read_file(entry.path());
    for (const char* const call :
         {"fmt::print(", "std::printf(", "std::puts(", "stdout)", "stderr)", "(stderr"})
      EXPECT_EQ(text.find(call), std::string::npos) << entry.path() << ": " << call;
  }
}

TEST_F(Output, ClosedStreamsLendTheirNumbersToNoFile) {
  const fs::path data = test::tiny_data(), whole = folder / "whole", run = folder / "run";
  ASSERT_EQ(run_sonograd(test::train_arguments(data, whole, "2")).exit_code, 0);
  const auto result = run_sonograd(test::train_arguments(data, run, "2"), [] {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) close(stream);
  });
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(test::difference_of_runs(run, whole), "");
}

}  // namespace
}  // namespace sonograd
