// Labels with times: from a table with the column `segments` to a model, its scores and its stretches.
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>

#include "audio/encode.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/support/html.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;
using testing::HasSubstr;

constexpr int kSampleRate = 8000;

/// A clip of one tone after the other.
void write_tones(const fs::path& file, const std::vector<std::pair<double, double>>& seconds_and_hertz) {
  std::vector<float> samples;
  for (const auto& [seconds, hertz] : seconds_and_hertz) {
    const auto count = static_cast<std::size_t>(seconds * kSampleRate);
    for (std::size_t i = 0; i < count; ++i) {
      samples.push_back(static_cast<float>(
          0.3 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / kSampleRate)));
    }
  }
  audio::write_sound(file, samples, kSampleRate, audio::Encoding::wav_pcm16);
}

class SegmentsCommand : public testing::Test {
 protected:
  /// Twenty clips of 6 s: a low tone, a high one, and the low one again.
  static fs::path data() {
    const fs::path folder = test::temporary_folder("segments");
    std::string table = "path\tsegments\tsplit\n";
    for (int i = 0; i < 20; ++i) {
      const double change = 1 + 0.1 * i, back = change + 2;
      write_tones(folder / concat(i, ".wav"),
                  {{change, 300 + 5 * i}, {2, 2000 + 30 * i}, {6 - back, 300 + 5 * i}});
      table += concat(i, ".wav\t0 ", change, " low; ", change, ' ', back, " high; ", back, " 6 low\t",
                      i < 12   ? "train"
                      : i < 16 ? "valid"
                               : "test",
                      '\n');
    }
    test::write_file(folder / "labels.tsv", table);
    return folder;
  }
  static std::vector<std::string> train(const fs::path& data, const fs::path& out, const char* arch,
                                        const std::vector<std::string>& more = {}) {
    std::vector<std::string> all = {"train", "--arch",  arch, "--data",    data, "--out",  out, "--epochs",
                                    "20",    "--batch", "6",  "--threads", "1",  "--seed", "2"};
    for (const char* const setting : {"model.samples=32768", "model.sample_rate=8000", "model.f_max=4000",
                                      "model.channels=8", "optim.lr=0.01"})
      all.insert(all.end(), {"--set", setting});
    if (std::string_view(arch) == "deepsound_cnn") {
      for (const char* const setting : {"model.n_fft=512", "model.hop_length=128", "model.n_mels=32"})
        all.insert(all.end(), {"--set", setting});
    }
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
};

TEST_F(SegmentsCommand, AreLearnedScoredAndFoundAgain) {
  const fs::path set = data(), run = test::temporary_path("segments_run");
  const auto trained = run_sonograd(train(set, run, "deepsound_cnn"));
  ASSERT_EQ(trained.exit_code, 0) << trained.err;

  const auto evaluated = run_sonograd({"evaluate", run, "--data", set, "--json"});
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  const json scores = json::parse(evaluated.out);
  EXPECT_EQ(scores["level"], "step");
  EXPECT_GT(scores["accuracy"], 0.9);
  EXPECT_GT(scores["steps"], 100);
  EXPECT_THAT(run_sonograd({"evaluate", run, "--data", set}).out, HasSubstr("steps "));

  const fs::path song = set / "16.wav";  // high from 2.6 to 4.6 s
  const auto tagged = run_sonograd({"tag", run, song, "--json", "--over-time"});
  ASSERT_EQ(tagged.exit_code, 0) << tagged.err;
  const json line = json::parse(tagged.out);
  EXPECT_EQ(line["tags"], json::parse(run_sonograd({"tag", run, song, "--json"}).out)["tags"])
      << "the scores of the file are the same";
  double end = 0, high = 0;
  for (const json& part : line["over_time"]) {
    EXPECT_GE(part["begin"], end - 1e-9);
    end = part["end"];
    EXPECT_NEAR(part["scores"]["low"].get<double>() + part["scores"]["high"].get<double>(), 1, 1e-5);
  }
  EXPECT_NEAR(end, 6, 0.2);
  for (const json& stretch : line["stretches"]) {
    if (stretch["tag"] != "high") continue;
    high += stretch["end"].get<double>() - stretch["begin"].get<double>();
    EXPECT_GT(stretch["begin"], 2.2);
    EXPECT_LT(stretch["end"], 5);
  }
  EXPECT_NEAR(high, 2, 0.5);
  EXPECT_THAT(run_sonograd({"tag", run, song, "--over-time"}).out, HasSubstr(" s  high\n"));
  const std::string rows = run_sonograd({"tag", run, song, "--over-time", "--format", "csv"}).out;
  EXPECT_THAT(rows, testing::StartsWith("file,status,begin,end,tag,score,message\n"));
  EXPECT_THAT(rows, HasSubstr("16.wav,ok,0.000,"));

  const std::string none =
      run_sonograd({"tag", run, song, "--over-time", "--format", "csv", "--threshold", "1"}).out;
  EXPECT_THAT(none, testing::AnyOf(HasSubstr("16.wav,ok,,,,,"), HasSubstr("16.wav,ok,0")))
      << "a row for every file";
  EXPECT_EQ(run_sonograd({"evaluate", run, "--data", set, "--level", "instance"}).exit_code, 2);

  const fs::path picture = test::temporary_path("steps.svg"), page = test::temporary_path("steps.html");
  ASSERT_EQ(run_sonograd({"tag", run, song, "--timeline", picture}).exit_code, 0);
  EXPECT_EQ(test::html_fault(test::read_file(picture)), "");
  EXPECT_THAT(test::read_file(picture), HasSubstr("steps of 0.146 s"));
  const auto reported = run_sonograd({"report", run, "--data", set, "--out", page});
  ASSERT_EQ(reported.exit_code, 0) << reported.err;
  EXPECT_THAT(test::read_file(page), HasSubstr("steps of the network. The label is right in"));
}

TEST_F(SegmentsCommand, RequireANetworkWithSteps) {
  const fs::path run = test::temporary_path("no_steps_run");
  const auto refused = run_sonograd(train(data(), run, "short_chunk_cnn"));
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("train.arch = short_chunk_cnn: labels with times"));
  EXPECT_FALSE(fs::exists(run / "config.toml"));
}

TEST_F(SegmentsCommand, RefuseNetworksOfSharesWhereLabelsOverlap) {
  const fs::path folder = test::temporary_folder("overlapping_segments");
  std::string table = "path\tsegments\n";
  for (int i = 0; i < 8; ++i) {
    write_tones(folder / concat(i, ".wav"), {{1, 300}});
    table += concat(i, ".wav\t0 1 low; 0.5 1 high\n");
  }
  test::write_file(folder / "labels.tsv", table);
  const auto refused = run_sonograd({"train", "--arch", "voice_lstm", "--data", folder, "--out",
                                     test::temporary_path("shares_run"), "--epochs", "1"});
  EXPECT_EQ(refused.exit_code, 2) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("expected a task with one label, got segments that overlap"));
}

TEST_F(SegmentsCommand, AreRefusedWhereTheyAreNone) {
  const fs::path folder = test::temporary_folder("bad_segments");
  write_tones(folder / "a.wav", {{1, 300}});
  test::write_file(folder / "labels.tsv", "path\tsegments\na.wav\t0 1 low; 1 high\n");
  const auto refused = run_sonograd(train(folder, test::temporary_path("bad_run"), "deepsound_cnn"));
  EXPECT_EQ(refused.exit_code, 4) << refused.err;
  EXPECT_THAT(refused.err, HasSubstr("labels.tsv:2: column 2 (segments): expected START END LABEL"));
}

TEST_F(SegmentsCommand, OverTimeIsOfChunksWhereANetworkHasNoSteps) {
  const fs::path song = data() / "3.wav", model = test::small_model_file();
  const json line = json::parse(run_sonograd({"tag", model, song, "--json", "--all", "--over-time"}).out);
  ASSERT_EQ(line["over_time"].size(), 2u) << "6 s in chunks of 4.1 s";
  EXPECT_DOUBLE_EQ(line["over_time"][0]["end"], 4.096);
  double mean = 0;
  for (const json& part : line["over_time"]) mean += part["scores"]["flute"].get<double>() / 2;
  for (const json& tag : line["tags"]) {
    if (tag["tag"] == "flute") {
      EXPECT_NEAR(tag["score"], mean, 1e-6);
    }
  }
}

}  // namespace
}  // namespace sonograd
