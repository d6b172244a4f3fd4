// Options that choose kernels, and the output of the binary about them.
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "audio/encode.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class Kernels : public testing::Test {
 protected:
  fs::path model = test::small_model_file();
  fs::path folder = test::temporary_folder("kernels");
  fs::path choices = test::cache_home() / "sonograd/kernels/fastest.tsv";

  Kernels() {
    for (int i = 0; i < kClips; ++i) {
      const std::vector<float> tone(8000, 0.1f * static_cast<float>(i % 3));
      audio::write_sound(folder / concat(i, ".wav"), tone, 8000, audio::Encoding::wav_pcm16);
    }
  }

  // Enough for nested timing runs: two variants of four turns, while a third waits for them.
  static constexpr int kClips = 24;

  // Tags the clips in batches of one, so that every kernel is called for each.
  test::RunResult tag(const std::vector<std::string>& more) const {
    std::vector<std::string> arguments = {"tag", model, folder, "--json", "--batch", "1", "--threads", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_sonograd(arguments);
  }
};

TEST_F(Kernels, FastestIsMeasuredOnceAndKept) {
  fs::remove(choices);
  const auto measured = tag({"--kernels", "fastest", "-v"});
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  const std::string kept = test::read_file(choices);
  EXPECT_TRUE(contains(kept, "log_mel ")) << kept;
  EXPECT_TRUE(contains(measured.err, " threads -> ")) << measured.err;

  const auto again = tag({"--kernels", "fastest", "-v"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_FALSE(contains(again.err, " threads -> ")) << "measured again: " << again.err;
  EXPECT_EQ(test::read_file(choices), kept);
}

TEST_F(Kernels, ADamagedListOfChoicesCostsANote) {
  fs::create_directories(choices.parent_path());
  test::write_file(choices, "not a list\n");
  const auto result = tag({"--kernels", "fastest"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(contains(result.err, "note: " + choices.string())) << result.err;
  EXPECT_TRUE(test::read_file(choices).starts_with("sonograd kernels"));
}

TEST_F(Kernels, VerboseSaysWhatRunsWhereAndHowLong) {
  const auto result = tag({"-v"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  for (const char* part : {"device: cpu", "library: oneDNN ", "1 threads, strict arithmetic", "/sonograd/pcm",
                           "conv2d_forward -> ", "time: loading the model ", "time: tagging "}) {
    EXPECT_TRUE(contains(result.err, part)) << part << " in\n" << result.err;
  }
  std::set<std::string> lines;
  std::istringstream err(result.err);
  for (std::string line; std::getline(err, line);)
    EXPECT_TRUE(lines.insert(line).second) << "twice: " << line;
  EXPECT_EQ(result.out, tag({"-q"}).out) << "stdout has the data alone";
}

TEST_F(Kernels, QuietLeavesErrorsOnly) {
  EXPECT_TRUE(tag({"-q"}).err.empty());
  EXPECT_EQ(tag({"-q", "-v"}).exit_code, 2) << "one of the two";
  const auto failed = run_sonograd({"tag", model, folder / "none.wav", "-q"});
  EXPECT_NE(failed.exit_code, 0);
}

TEST(ModelOptions, ThatTheNetworkDoesNotReadAreRefused) {
  const auto unknown = run_sonograd({"train", "--arch", "fcn", "--print-config", "--set", "model.chanels=8"});
  EXPECT_EQ(unknown.exit_code, 2);
  for (const char* part :
       {"fcn", "model.chanels", "model.channels, front_end.sample_rate", "did you mean model.channels?"}) {
    EXPECT_TRUE(contains(unknown.err, part)) << part << " in " << unknown.err;
  }
  const auto known = run_sonograd({"train", "--arch", "fcn", "--print-config", "--set", "model.channels=8"});
  EXPECT_EQ(known.exit_code, 0) << known.err;
  EXPECT_TRUE(contains(known.out, "channels = 8")) << known.out;
}

}  // namespace
}  // namespace sonograd
