// Pipes without a writer, devices and endless streams where a file is read: refused, and never waited for.
#include <cstdio>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/app/tiny_training.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;

/// Ends a process that waits, with exit code 128 + SIGALRM.
void expire() {
  alarm(60);
}

class EndlessInput : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(mkfifo(pipe_.c_str(), 0600), 0); }

  fs::path folder_ = test::temporary_folder("endless");
  fs::path pipe_ = folder_ / "pipe";
  fs::path model_ = test::small_model_file();
};

TEST_F(EndlessInput, IsRefusedInPlaceOfAFile) {
  const fs::path data = test::tiny_data();
  const fs::path out = folder_ / "out";
  for (const fs::path& endless : {pipe_, fs::path("/dev/zero"), fs::path("/dev/urandom")}) {
    const std::vector<std::string> commands[] = {
        {"tag", model_, endless},
        {"tag", model_, endless, "--chunks", "3"},
        {"tag", endless, data / "0.wav"},
        {"evaluate", endless, "--data", data},
        {"train", "--config", endless, "--print-config"},
        {"train", "--arch", "fcn", "--data", data, "--out", out, "--set", "data.labels=" + endless.string()},
        {"train", "--arch", "fcn", "--data", data, "--out", out, "--init", endless},
        {"convert", endless, folder_ / "a.safetensors"},
        {"convert", model_, folder_ / "a.safetensors", "--labels", endless},
        {"convert", model_, folder_ / "a.safetensors", "--reference", endless},
        {"bench", "compare", endless, endless},
    };
    for (const auto& command : commands) {
      const auto result = run_sonograd(command, expire);
      const std::string line = command[0] + " " + command[1] + " " + endless.string();
      EXPECT_GT(result.exit_code, 0) << line;
      EXPECT_LT(result.exit_code, 128) << line << result.err;
      EXPECT_NE((result.err + result.out).find(endless.string()), std::string::npos) << line << result.err;
    }
  }
}

TEST_F(EndlessInput, IsRefusedInPlaceOfATableOrAClip) {
  const fs::path data = test::tiny_data(concat("pipe.wav\tlow\tlow\ttrain\t1\t99\n"));
  ASSERT_EQ(mkfifo((data / "pipe.wav").c_str(), 0600), 0);
  const auto clip = run_sonograd({"data", "check", data}, expire);
  EXPECT_EQ(clip.exit_code, 5) << clip.err;
  EXPECT_NE(clip.err.find("unreadable pipe.wav"), std::string::npos) << clip.err;

  fs::remove(data / "labels.tsv");
  ASSERT_EQ(mkfifo((data / "labels.tsv").c_str(), 0600), 0);
  const auto table = run_sonograd({"data", "check", data}, expire);
  EXPECT_EQ(table.exit_code, 4) << table.err;
  EXPECT_NE(table.err.find("labels.tsv: cannot read: not a regular file"), std::string::npos) << table.err;
}

// The file has no blocks: only its length is beyond every memory.
TEST_F(EndlessInput, AReferenceIsMeasuredBeforeItIsRead) {
  const fs::path huge = test::write_file(folder_ / "huge.json", "{}");
  std::error_code refused;
  fs::resize_file(huge, std::uintmax_t{1} << 40, refused);
  if (refused) GTEST_SKIP() << "the file system has no files of 1 TiB";
  const auto result =
      run_sonograd({"convert", model_, folder_ / "a.safetensors", "--reference", huge}, expire);
  EXPECT_EQ(result.exit_code, 4) << result.err;
  EXPECT_NE(result.err.find("huge.json: expected at most 4 MiB of text, got more"), std::string::npos)
      << result.err;
  const auto stream =
      run_sonograd({"convert", model_, folder_ / "a.safetensors", "--reference", "-"}, expire);
  EXPECT_EQ(stream.exit_code, 2) << stream.err;
}

TEST_F(EndlessInput, OnStdinIsRefusedWhenItIsNoSound) {
  for (const char* const device : {"/dev/zero", "/dev/urandom"}) {
    const auto result = run_sonograd({"tag", model_, "-"}, [device] {
      expire();
      if (std::freopen(device, "r", stdin) == nullptr) _exit(97);
    });
    EXPECT_EQ(result.exit_code, 4) << device << result.err;
    EXPECT_NE(result.out.find("not a sound file"), std::string::npos) << device << result.out;
  }
}

}  // namespace
}  // namespace sonograd
