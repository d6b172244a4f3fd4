#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "audio/encode.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/support/model_files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::run_sonograd;

std::vector<float> tone(double seconds, double hz) {
  std::vector<float> samples(static_cast<std::size_t>(seconds * 8000));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] =
        static_cast<float>(0.3 * std::sin(2 * 3.14159265358979 * hz * static_cast<double>(i) / 8000));
  }
  return samples;
}

std::vector<json> lines_of(const std::string& text) {
  std::vector<json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
  return lines;
}

class Tag : public testing::Test {
 protected:
  fs::path model = test::small_model_file();
  fs::path folder = test::temporary_folder("clips");

  fs::path clip(const std::string& name, double seconds = 5, double hz = 440) {
    fs::create_directories((folder / name).parent_path());
    audio::write_sound(folder / name, tone(seconds, hz), 8000, audio::Encoding::wav_pcm16);
    return folder / name;
  }
};

TEST_F(Tag, OneJsonLinePerFileInSortedOrder) {
  clip("b.wav", 9), clip("a.WAV", 1), clip("sub/c.wav");
  test::write_file(folder / "notes.txt", "not audio, not reported");
  const auto result = run_sonograd({"tag", model, folder, "--json", "--top", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0]["file"], (folder / "a.WAV").string());
  EXPECT_EQ(lines[1]["file"], (folder / "b.wav").string());
  EXPECT_EQ(lines[1]["status"], "ok");
  EXPECT_FALSE(lines[1].contains("error"));
  EXPECT_FALSE(lines[1].contains("warning"));
  EXPECT_DOUBLE_EQ(lines[1]["seconds"], 9.0);
  ASSERT_EQ(lines[1]["tags"].size(), 2u);
  EXPECT_GE(lines[1]["tags"][0]["score"], lines[1]["tags"][1]["score"]);

  EXPECT_EQ(lines_of(run_sonograd({"tag", model, folder, "--json", "-r"}).out).size(), 3u);
}

TEST_F(Tag, AllKeepsTheModelsOrder) {
  const auto lines = lines_of(run_sonograd({"tag", model, clip("a.wav"), "--json", "--all"}).out);
  ASSERT_EQ(lines.size(), 1u);
  ASSERT_EQ(lines[0]["tags"].size(), 3u);
  EXPECT_EQ(lines[0]["tags"][0]["tag"], "drums");
  EXPECT_EQ(lines[0]["tags"][1]["tag"], "flute");
  EXPECT_EQ(lines[0]["tags"][2]["tag"], "no vocals");
}

TEST_F(Tag, ScoresDoNotDependOnCompanyThreadsOrBatch) {
  std::vector<std::string> together = {"tag", model, "--json", "--all", "--batch", "3", "--threads", "2"};
  for (int i = 0; i < 6; ++i) together.push_back(clip(concat("clip", i, ".wav"), 3 + 1.7 * i, 200 + 100 * i));
  const auto all = lines_of(run_sonograd(together).out);
  ASSERT_EQ(all.size(), 6u);
  for (std::size_t i = 0; i < 6; ++i) {
    const auto alone =
        lines_of(run_sonograd({"tag", model, together[8 + i], "--json", "--all", "--threads", "1"}).out);
    for (std::size_t t = 0; t < 3; ++t) {
      EXPECT_NEAR(alone[0]["tags"][t]["score"].get<double>(), all[i]["tags"][t]["score"].get<double>(), 1e-5);
    }
  }
}

TEST_F(Tag, OneBadFileNeitherStopsNorSpoilsTheOthers) {
  const auto good = clip("good.wav");
  const auto bad = folder / "bad.mp3";
  test::write_file(bad, "this is text");
  const auto result = run_sonograd({"tag", model, bad, good, (folder / "absent.wav").string(), "--json"});
  EXPECT_EQ(result.exit_code, 5);
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0]["status"], "error");
  EXPECT_NE(lines[0]["error"].get<std::string>().find("bad.mp3"), std::string::npos);
  EXPECT_FALSE(lines[0].contains("tags"));
  EXPECT_EQ(lines[1]["status"], "ok");
  EXPECT_EQ(lines[2]["status"], "error");

  EXPECT_EQ(run_sonograd({"tag", model, bad}).exit_code, 4);
  EXPECT_EQ(run_sonograd({"tag", model, bad, (folder / "absent.wav").string()}).exit_code, 4);
}

TEST_F(Tag, ShortAndSilentClipsAreScored) {
  audio::write_sound(folder / "silence.wav", std::vector<float>(8000), 8000, audio::Encoding::wav_float);
  const auto result = run_sonograd({"tag", model, clip("short.wav", 0.01), folder / "silence.wav", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  for (const json& line : lines_of(result.out)) EXPECT_EQ(line["tags"].size(), 3u);
}

TEST_F(Tag, ClipsWithoutAUsableSampleAreErrors) {
  audio::write_sound(folder / "nan.wav", std::vector<float>(8000, std::nanf("")), 8000,
                     audio::Encoding::wav_float);
  const auto result = run_sonograd({"tag", model, clip("empty.wav", 0), folder / "nan.wav", "--json"});
  EXPECT_EQ(result.exit_code, 4) << result.err;
  const auto lines = lines_of(result.out);
  ASSERT_EQ(lines.size(), 2u);
  for (const json& line : lines) EXPECT_EQ(line["status"], "error") << line;
  EXPECT_NE(lines[0]["error"].get<std::string>().find("holds no samples"), std::string::npos);
  EXPECT_NE(lines[1]["error"].get<std::string>().find("none of its 8000 samples"), std::string::npos);
}

TEST_F(Tag, ChunksAndAggregation) {
  const auto file = clip("long.wav", 20);
  for (const char* rule : {"mean", "max", "vote"}) {
    const auto result =
        run_sonograd({"tag", model, file, "--json", "--all", "--chunks", "4", "--aggregate", rule});
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const auto lines = lines_of(result.out);
    for (const json& tag : lines[0]["tags"]) {
      EXPECT_GE(tag["score"].get<double>(), 0);
      EXPECT_LE(tag["score"].get<double>(), 1);
    }
  }
}

TEST_F(Tag, FloatsAtTheScaleOfIntegersGiveAWarning) {
  std::vector<float> samples = tone(5, 440);
  for (float& sample : samples) sample *= 32768;
  audio::write_sound(folder / "integers.wav", samples, 8000, audio::Encoding::wav_float);
  clip("a.wav");
  const auto lines = lines_of(run_sonograd({"tag", model, folder, "--json"}).out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_FALSE(lines[0].contains("warning")) << lines[0];
  EXPECT_EQ(lines[1]["status"], "ok");
  EXPECT_NE(lines[1]["warning"].get<std::string>().find("scale of integers"), std::string::npos) << lines[1];
}

TEST_F(Tag, InvalidBytesInNamesBecomeReplacementCharacters) {
  const auto result = run_sonograd({"tag", model, clip("caf\xe9.wav"), "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(lines_of(result.out)[0]["file"].get<std::string>().find("caf\xEF\xBF\xBD.wav"),
            std::string::npos);
}

TEST_F(Tag, CsvHasOneRowPerTag) {
  const auto result = run_sonograd({"tag", model, clip("a,b.wav"), "--format", "csv", "--all"});
  std::istringstream in(result.out);
  std::string line;
  std::getline(in, line);
  EXPECT_EQ(line, "file,status,seconds,tag,score,message");
  int rows = 0;
  for (; std::getline(in, line); ++rows) EXPECT_TRUE(line.starts_with('"')) << line;
  EXPECT_EQ(rows, 3);
}

TEST_F(Tag, EveryFileHasARow) {
  const auto bad = folder / "caf\xe9.mp3";
  test::write_file(bad, "this is text");
  const auto result = run_sonograd({"tag", model, clip("a.wav"), bad, "--format", "csv", "--threshold", "1"});
  EXPECT_EQ(result.exit_code, 5);
  std::istringstream in(result.out);
  std::vector<std::string> rows;
  for (std::string line; std::getline(in, line);) rows.push_back(line);
  ASSERT_EQ(rows.size(), 3u) << result.out;
  EXPECT_EQ(rows[1], (folder / "a.wav").string() + ",ok,5.000,,,");
  EXPECT_TRUE(rows[2].starts_with((folder / "caf\xEF\xBF\xBD.mp3,error,,,,").string())) << rows[2];
  EXPECT_EQ(result.out.find('\xe9'), std::string::npos) << result.out;
}

TEST_F(Tag, FittedThresholdsDecidePerTag) {
  const fs::path file = clip("a.wav");
  const json all = lines_of(run_sonograd({"tag", model, file, "--json", "--all"}).out).at(0)["tags"];
  std::vector<double> thresholds;
  for (const json& tag : all) thresholds.push_back(tag["score"].get<double>());  // the score itself is enough
  thresholds[1] += 1e-3;
  test::set_thresholds(model, thresholds);
  const auto result = run_sonograd({"tag", model, file, "--json", "--threshold", "fitted"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const json shown = lines_of(result.out).at(0)["tags"];
  ASSERT_EQ(shown.size(), 2u) << result.out;
  for (const json& tag : shown) {
    EXPECT_NE(tag["tag"], all[1]["tag"]);
    EXPECT_EQ(tag["threshold"], tag["score"]);
  }

  test::set_thresholds(model, {});
  const auto none = run_sonograd({"tag", model, file, "--threshold", "fitted"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_NE(none.err.find("contains no thresholds"), std::string::npos) << none.err;
  for (const char* wrong : {"nan", "1.5", "-0.1", "best", "", "0.5x"}) {
    EXPECT_EQ(run_sonograd({"tag", model, file, "--threshold", wrong}).exit_code, 2) << wrong;
  }
}

TEST_F(Tag, HopIsFromASampleToAChunk) {
  const fs::path file = clip("a.wav", 6);
  const auto hop = [&](const char* seconds) {
    return run_sonograd({"tag", model, file, "--json", "--all", "--hop", seconds});
  };
  const auto own = run_sonograd({"tag", model, file, "--json", "--all"});
  EXPECT_EQ(hop("4.096").out, own.out) << "a chunk: the hop of the model";
  EXPECT_EQ(hop("0.7").exit_code, 0);
  for (const char* wrong : {"0", "0.00001", "4.2", "-1", "nan", "1e300"}) {
    const auto result = hop(wrong);
    EXPECT_EQ(result.exit_code, 2) << wrong;
    EXPECT_NE(result.err.find("--hop"), std::string::npos) << result.err;
  }
  EXPECT_EQ(run_sonograd({"tag", model, file, "--hop", "1", "--chunks", "2"}).exit_code, 2);

  // A hop of one sample: a clip of a chunk and two samples has three chunks.
  audio::write_sound(folder / "short.wav", tone(32770 / 8000.0, 440), 8000, audio::Encoding::wav_pcm16);
  const fs::path picture = folder / "x.svg";
  const auto one = run_sonograd(
      {"tag", model, folder / "short.wav", "--top", "1", "--hop", "0.000125", "--timeline", picture});
  EXPECT_EQ(one.exit_code, 0) << one.err;
  const std::string svg = test::read_file(picture);
  std::size_t points = 0;
  for (std::size_t at = svg.find("\"hit\""); at != std::string::npos; at = svg.find("\"hit\"", at + 1))
    ++points;
  EXPECT_EQ(points, 3u);
}

TEST_F(Tag, ADashIsASoundFileFromStdin) {
  const auto file = clip("a.wav");
  const auto from = [](const fs::path& source) {
    return [source] {
      if (std::freopen(source.c_str(), "r", stdin) == nullptr) _exit(97);
    };
  };
  const json named = lines_of(run_sonograd({"tag", model, file, "--json"}).out).at(0);
  const auto piped = run_sonograd({"tag", model, "-", "--json"}, from(file));
  EXPECT_EQ(piped.exit_code, 0) << piped.err;
  const json line = lines_of(piped.out).at(0);
  EXPECT_EQ(line["file"], "-");
  EXPECT_EQ(line["tags"], named["tags"]);

  const auto bad =
      run_sonograd({"tag", model, "-", "--json"}, from(test::write_file("text", "this is text")));
  EXPECT_EQ(bad.exit_code, 4);
  EXPECT_TRUE(lines_of(bad.out).at(0)["error"].get<std::string>().starts_with("-: ")) << bad.out;
}

TEST_F(Tag, StdinNeedsRoomForACopy) {
  const auto result = run_sonograd({"tag", model, "-"}, [] { setenv("TMPDIR", "/proc/none", 1); });
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("/proc/none"), std::string::npos) << result.err;
}

TEST_F(Tag, AModelOfALaterVersionCostsOneWarningOrIsRefused) {
  const std::vector<std::string> arguments = {"tag", model, clip("a.wav", 9), clip("b.wav"), "--all"};
  const auto before = run_sonograd(arguments);
  test::add_later_option(model);
  const auto after = run_sonograd(arguments);
  EXPECT_EQ(after.exit_code, 0) << after.err;
  EXPECT_EQ(after.out, before.out);
  const std::string warning = concat("warning: ", model.string(), ": config.model.width_factor = 1.5");
  EXPECT_NE(after.err.find(warning), std::string::npos) << after.err;
  EXPECT_EQ(after.err.find("width_factor"), after.err.rfind("width_factor")) << "once: " << after.err;

  model = test::small_model_file();
  test::add_later_option(model, false);
  const auto refused = run_sonograd(arguments);
  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_NE(refused.err.find(concat(model.string(), ": config.model.width_factor = 1.5")), std::string::npos)
      << refused.err;
}

TEST_F(Tag, ExitCodesAndReasons) {
  const auto file = clip("a.wav");
  EXPECT_EQ(run_sonograd({"tag"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"tag", model, file, "--top", "0"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"tag", model, file, "--kernel", "conv2d_forward=fancy"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"tag", model, file, "--device", "gpu"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"tag", model, file, "--json", "--format", "csv"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"tag", model, file, "--profile", "-"}).exit_code, 2);
  EXPECT_EQ(run_sonograd({"tag", "-", file}).exit_code, 2);
  const auto missing = run_sonograd({"tag", folder / "no.safetensors", file});
  EXPECT_EQ(missing.exit_code, 4);
  EXPECT_NE(missing.err.find("no.safetensors"), std::string::npos) << missing.err;
  EXPECT_EQ(run_sonograd({"tag", test::temporary_folder("no_run"), file}).exit_code, 4);
  test::write_file(folder / "broken.safetensors", "12345678{\"a\":1}");
  EXPECT_EQ(run_sonograd({"tag", folder / "broken.safetensors", file}).exit_code, 3);
  test::write_file(folder / "weights.pth", "");
  const auto weights = run_sonograd({"tag", folder / "weights.pth", file});
  EXPECT_EQ(weights.exit_code, 3);
  EXPECT_NE(weights.err.find("sonograd convert"), std::string::npos) << weights.err;
  const auto gpu = run_sonograd({"tag", model, file, "--device", "cuda:0"});
  EXPECT_EQ(gpu.exit_code, 6);
  EXPECT_NE(gpu.err.find("cuda:0"), std::string::npos) << gpu.err;
  EXPECT_TRUE(gpu.out.empty());
  EXPECT_EQ(run_sonograd({"tag", model, test::temporary_folder("nothing")}).exit_code, 4);
}

}  // namespace
}  // namespace sonograd
