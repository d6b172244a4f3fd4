#include <chrono>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <numbers>
#include <thread>

#include "audio/encode.h"
#include "audio/load.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/run_state.h"
#include "tests/app/small_model.h"
#include "tests/support/html.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;
using testing::HasSubstr;
using Json = nlohmann::json;

class Explain : public testing::Test {
 protected:
  fs::path clip(const std::string& name, double seconds) const {
    std::vector<float> samples(static_cast<std::size_t>(seconds * 8000));
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double phase = 2 * std::numbers::pi * 440 * static_cast<double>(i) / 8000;
      samples[i] = static_cast<float>(0.3 * std::sin(phase * (i < samples.size() / 2 ? 1 : 3)));
    }
    audio::write_sound(folder_ / name, samples, 8000, audio::Encoding::wav_pcm16);
    return folder_ / name;
  }
  fs::path model_of(const std::string& arch, models::OptionValues options) const {
    models::ModelDescription about;
    about.arch = arch;
    about.options = std::move(options);
    about.labels = {"drums", "flute"};
    models::ModelDraft draft = models::make_model(std::move(about));
    test::lcg_fill_published(*draft.network);
    models::save_model(folder_ / (arch + ".safetensors"), draft);
    return folder_ / (arch + ".safetensors");
  }
  // Runs `explain` with an output folder of its own, and returns the object that --json prints.
  Json explained(const fs::path& model, const fs::path& file, std::vector<std::string> more) {
    out_ = folder_ / concat("out", ++runs_);
    std::vector<std::string> arguments = {"explain", model, file, "--json", "--out", out_};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? Json::parse(result.out) : Json();
  }

  fs::path model_ = test::small_model_file();
  fs::path folder_ = test::temporary_folder("explain");
  fs::path out_;
  int runs_ = 0;
};

const std::vector<std::string> kFast = {"--steps",          "2", "--cells",      "4x2",
                                        "--deletion-steps", "2", "--no-progress"};

TEST_F(Explain, APartHasAtLeastOneSample) {
  std::vector<std::string> more = kFast;
  more.insert(more.end(), {"--from", "0.99995"});  // the sample nearest to it is behind the last one
  EXPECT_EQ(explained(model_, clip("a.wav", 1), more)["chunks"], 1);
}

TEST_F(Explain, WritesPictureSoundAndNumbers) {
  const fs::path song = clip("a & b.wav", 10);
  const Json scores = Json::parse(run_sonograd({"tag", model_, song, "--json", "--top", "1"}).out);
  const Json result = explained(model_, song, kFast);
  EXPECT_EQ(result["tag"], scores["tags"][0]["tag"]) << "the tag with the highest score";
  EXPECT_NEAR(result["score"], scores["tags"][0]["score"], 1e-5);
  EXPECT_EQ(result["method"], "integrated");
  EXPECT_EQ(result["chunks"], 3);
  EXPECT_EQ(result["deletion"]["score"].size(), 3u);
  const std::string svg = test::read_file(out_ / "map.svg");
  EXPECT_EQ(test::html_fault(svg), "");
  EXPECT_THAT(svg, HasSubstr("a &amp; b.wav"));
  ASSERT_EQ(result["most"].size(), 3u);
  for (const char* const name : {"most.wav", "least.wav"})
    EXPECT_NEAR(audio::load_mono(out_ / name, 8000).seconds, 3 + 2 * 0.3, 0.1) << name;
  const Json full = Json::parse(test::read_file(out_ / "explanation.json"));
  EXPECT_EQ(full["score"], result["score"]);
  double sum = 0;
  for (const Json& value : full["over_time"]) sum += value.get<double>();
  for (const Json& value : full["by_band"]) sum -= value.get<double>();
  EXPECT_NEAR(sum, 0, 1e-3);
  EXPECT_EQ(full["bands_hz"].size(), full["by_band"].size());
  EXPECT_EQ(full["files"].size(), fs::exists(out_ / "map.png") ? 5u : 4u);
  for (const Json& name : full["files"]) EXPECT_TRUE(fs::exists(out_ / name.get<std::string>())) << name;
}

TEST_F(Explain, EveryMethodRunsOnANetworkWithATransformer) {
  const fs::path cnnsa = model_of("cnnsa", {{"channels", 2}, {"heads", 2}, {"samples", 16000}});
  const fs::path song = clip("song.wav", 1);
  for (const char* const method : {"integrated", "gradient", "occlusion", "rollout", "tagwise"}) {
    std::vector<std::string> more = kFast;
    more.insert(more.end(), {"--method", method, "--tag", "flute", "--baseline", "mean"});
    const Json result = explained(cnnsa, song, more);
    EXPECT_EQ(result["method"], method);
    EXPECT_EQ(result["tag"], "flute");
  }
}

TEST_F(Explain, APartOfAWaveform) {
  const fs::path waveform = model_of("sample_cnn", {{"channels", 2}, {"sample_rate", 8000}});
  std::vector<std::string> more = kFast;
  more.insert(more.end(), {"--from", "1.5", "--seconds", "2"});
  const Json result = explained(waveform, clip("song.wav", 9), more);
  EXPECT_DOUBLE_EQ(result["begin"], 1.5);
  EXPECT_DOUBLE_EQ(result["seconds"], 2);
  EXPECT_EQ(Json::parse(test::read_file(out_ / "explanation.json"))["bands_hz"].size(), 0u);
}

// The part is that of the whole file, which is damaged behind it.
TEST_F(Explain, ReadsNoFurtherThanThePart) {
  const fs::path song = clip("song.wav", 9), cut = folder_ / "cut.wav", part = folder_ / "part.wav";
  const std::string bytes = test::read_file(song);
  test::write_file(cut, bytes.substr(0, bytes.size() - 4000));
  std::vector<float> samples = audio::load_mono(song, 8000).samples;
  audio::write_sound(part, std::span<const float>(samples).subspan(12000, 16000), 8000,
                     audio::Encoding::wav_pcm16);
  std::vector<std::string> more = kFast;
  const Json expected = explained(model_, part, more);
  const Json map = Json::parse(test::read_file(out_ / "explanation.json"))["map"];
  more.insert(more.end(), {"--from", "1.5", "--seconds", "2"});
  EXPECT_EQ(explained(model_, cut, more)["score"], expected["score"]);
  EXPECT_EQ(Json::parse(test::read_file(out_ / "explanation.json"))["map"], map);
  std::vector<std::string> words = {"explain", model_, cut, "--out", folder_ / "warned"};
  words.insert(words.end(), kFast.begin(), kFast.end());
  EXPECT_THAT(run_sonograd(words).err, HasSubstr("warning: cut short"));
  words[4] = (folder_ / "not warned").string();
  words.insert(words.end(), {"--seconds", "2"});
  EXPECT_THAT(run_sonograd(words).err, testing::Not(HasSubstr("warning")));
}

TEST_F(Explain, AtMostTenMinutesAtOnce) {
  const auto result = run_sonograd({"explain", model_, clip("long.wav", 601), "--out", folder_ / "out"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("long.wav: expected at most 10:00 to explain, got more; choose a part"));
}

TEST_F(Explain, TheFolderIsMadeBeforeTheWork) {
  const fs::path song = clip("song.wav", 1), model = folder_ / "absent.safetensors";
  const auto blocked = run_sonograd({"explain", model, song, "--out", song / "out"});
  EXPECT_EQ(blocked.exit_code, 1);
  EXPECT_THAT(blocked.err, HasSubstr((song / "out").string() + ": cannot make the folder: Not a directory"));
  const auto file = run_sonograd({"explain", model, song, "--out", song});
  EXPECT_EQ(file.exit_code, 2);
  EXPECT_THAT(file.err, HasSubstr("exists; expected a new or empty folder"));
  const auto failed = run_sonograd({"explain", model, song, "--out", folder_ / "deep" / "out"});
  EXPECT_EQ(failed.exit_code, 4);
  EXPECT_FALSE(fs::exists(folder_ / "deep")) << "it goes again";
}

// States of the folder when a process is killed: some of its files have their names, which hard links keep in the stage.
class ExplainAgain : public Explain {
 protected:
  test::RunResult run() const {
    std::vector<std::string> words = {"explain", model_, song_, "--out", folder_ / "out"};
    words.insert(words.end(), kFast.begin(), kFast.end());
    return run_sonograd(words);
  }
  void stage(const std::string& name, bool is_published) const {
    fs::create_directories(stage_);
    test::write_file(stage_ / name, "unfinished " + name);
    if (is_published) fs::create_hard_link(stage_ / name, folder_ / "out" / name);
  }

  fs::path song_ = clip("song.wav", 1), stage_ = folder_ / "out" / ".sonograd-new";
};

TEST_F(ExplainAgain, AFileThatAppearsDuringTheWorkStays) {
  const fs::path out = folder_ / "out";
  test::BackgroundRun explain({"explain", model_, song_, "--out", out, "--steps", "1000", "-q"});
  while (!fs::exists(out) && explain.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it has looked into its folder by then
  test::write_file(out / "least.wav", "mine");
  const auto result = explain.result();
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_THAT(result.err, HasSubstr("least.wav exists; it was made during the computation"));
  EXPECT_EQ(test::contents(out), (std::map<std::string, std::string>{{"least.wav", "mine"}}));
}

TEST_F(ExplainAgain, UnfinishedFilesAreReplaced) {
  stage("map.svg", true);
  stage("other.txt", true);
  stage("explanation.json", false);
  const auto result = run();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(Json::accept(test::read_file(folder_ / "out" / "explanation.json")));
  EXPECT_EQ(test::html_fault(test::read_file(folder_ / "out" / "map.svg")), "");
  EXPECT_FALSE(fs::exists(stage_));
  EXPECT_FALSE(fs::exists(folder_ / "out" / "other.txt"));
}

TEST_F(ExplainAgain, FilesOfOthersStay) {
  stage("map.svg", true);
  stage("explanation.json", false);
  test::write_file(folder_ / "out" / "explanation.json", "mine");
  const auto before = test::contents(folder_);
  EXPECT_EQ(run().exit_code, 2);
  EXPECT_EQ(test::contents(folder_), before);
}

TEST_F(ExplainAgain, AFinishedExplanationStays) {
  stage("map.svg", true);
  stage("explanation.json", true);
  const auto result = run();
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("exists; expected a new or empty folder"));
  EXPECT_EQ(test::read_file(folder_ / "out" / "explanation.json"), "unfinished explanation.json");
  EXPECT_FALSE(fs::exists(stage_));
}

TEST_F(Explain, TextNamesTheFolderAndTheAreas) {
  const fs::path song = clip("song.wav", 1), out = folder_ / "text";
  const auto result = run_sonograd({"explain", model_, song, "--out", out, "--method", "gradient",
                                    "--deletion-steps", "2", "--tag", "no vocals"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("no vocals, score 0."));
  EXPECT_THAT(result.out, HasSubstr("deletion  area 0."));
  EXPECT_THAT(result.out, testing::EndsWith(out.string() + "\n"));
  EXPECT_THAT(result.err, HasSubstr("less than a chunk of 4.10 s, and is repeated"));
}

TEST_F(Explain, ShowsLearnedFilters) {
  const fs::path waveform = model_of("sample_cnn", {{"channels", 4}}), out = folder_ / "filters";
  const auto result = run_sonograd({"explain", waveform, "--filters", "--out", out, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const Json printed = Json::parse(result.out), full = Json::parse(test::read_file(out / "filters.json"));
  EXPECT_EQ(printed["filters"].size(), 4u);
  EXPECT_EQ(full["filters"][3]["response"].size(), full["frequencies_hz"].size());
  EXPECT_EQ(test::html_fault(test::read_file(out / "filters.svg")), "");
  const auto none = run_sonograd({"explain", model_, "--filters", "--out", folder_ / "none"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("short_chunk_cnn begins with a fixed spectrogram; networks on waveforms"));
}

TEST_F(Explain, WrongUseIsExplainedAndWritesNothing) {
  const fs::path song = clip("song.wav", 1), full = folder_ / "full", out = folder_ / "out";
  fs::create_directory(full);
  test::write_file(full / "notes.txt", "mine");
  test::write_file(folder_ / "text.mp3", "no sound");
  struct Case {
    std::vector<std::string> arguments;
    int code;
    std::string message;
  };
  const Case cases[] = {
      {{song, "--tag", "flutes"},
       2,
       "has no such tag; `sonograd info " + model_.string() + "` lists its 3 tags; did you mean flute?"},
      {{song, "--method", "tagwise"},
       2,
       "short_chunk_cnn has no class token; its methods are integrated, gradient, occlusion"},
      {{song, "--method", "magic"}, 2, "--method"},
      {{song, "--cells", "0x4"}, 2, "expected TIMESxBANDS"},
      {{song, "--from", "1"}, 2, "--from 1: expected less than 1.00 s, the length of"},
      {{song, "--filters"}, 2, "--filters"},
      {{}, 2, "FILE: expected an audio file to explain a tag of, or --filters"},
      {{model_}, 2, "the order is: sonograd explain MODEL FILE"},
      {{folder_ / "absent.wav"}, 4, "absent.wav"},
      {{folder_ / "text.mp3"}, 4, "text.mp3"},
  };
  for (const Case& each : cases) {
    std::vector<std::string> arguments = {"explain", model_};
    arguments.insert(arguments.end(), each.arguments.begin(), each.arguments.end());
    arguments.insert(arguments.end(), {"--out", out});
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, each.code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(each.message));
    EXPECT_FALSE(fs::exists(out)) << each.message;
  }
  const auto taken = run_sonograd({"explain", model_, song, "--out", full});
  EXPECT_EQ(taken.exit_code, 2);
  EXPECT_THAT(taken.err, HasSubstr("exists; expected a new or empty folder"));
  EXPECT_EQ(std::distance(fs::directory_iterator(full), {}), 1);
}

}  // namespace
}  // namespace sonograd
