#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numbers>

#include "audio/encode.h"
#include "tests/app/run_sonograd.h"
#include "tests/app/small_model.h"
#include "tests/support/html.h"
#include "tests/support/model_files.h"

namespace sonograd {
namespace {

namespace fs = std::filesystem;
using test::run_sonograd;
using testing::HasSubstr;

class TagTimeline : public testing::Test {
 protected:
  fs::path clip(const std::string& name, double seconds) const {
    std::vector<float> samples(static_cast<std::size_t>(seconds * 8000));
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double phase = 2 * std::numbers::pi * 440 * static_cast<double>(i) / 8000;
      samples[i] = static_cast<float>(0.3 * std::sin(phase));
    }
    audio::write_sound(folder_ / name, samples, 8000, audio::Encoding::wav_pcm16);
    return folder_ / name;
  }
  static std::size_t count(const std::string& text, std::string_view word) {
    std::size_t found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
  }

  fs::path model_ = test::small_model_file();
  fs::path folder_ = test::temporary_folder("timeline");
};

TEST_F(TagTimeline, SvgHasARowPerTagAndAPointPerChunk) {
  const fs::path file = folder_ / "out.svg";
  const fs::path song = clip("a & b.wav", 20);  // chunks of 4.096 s: five of them
  const auto plain = run_sonograd({"tag", model_, song, "--json", "--top", "2"});
  const auto result = run_sonograd({"tag", model_, song, "--json", "--top", "2", "--timeline", file});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, plain.out) << "the picture comes on top of the line";
  const std::string svg = test::read_file(file);
  EXPECT_EQ(test::html_fault(svg), "");
  EXPECT_THAT(svg, HasSubstr("a &amp; b.wav"));
  EXPECT_EQ(count(svg, "class=\"hit\""), 2u * 5);
  EXPECT_EQ(count(svg, "class=\"threshold\""), 2u);
  EXPECT_THAT(svg, HasSubstr("0:20</text>")) << "the length, in the title";
  EXPECT_THAT(svg, HasSubstr("small.safetensors (short_chunk_cnn), chunks of 4.1 s every 4.1 s"));
  EXPECT_THAT(svg, HasSubstr("data:image/png;base64,"));
  EXPECT_THAT(svg, HasSubstr(">0:10</text>"));
}

TEST_F(TagTimeline, OverlappingChunksAreAPointEach) {
  const fs::path file = folder_ / "out.svg", song = clip("song.wav", 20);
  const auto result = run_sonograd({"tag", model_, song, "--top", "1", "--timeline", file, "--hop", "0.5"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(count(test::read_file(file), "class=\"hit\""), 33u);  // at 0, 0.5 … 15.5 s, and the end: 15.904 s
  EXPECT_EQ(result.err.find("--hop"), std::string::npos) << result.err;
  const auto few = run_sonograd({"tag", model_, song, "--top", "1", "--timeline", file});
  EXPECT_THAT(few.err, HasSubstr("the timeline has 5 points; --hop 1 makes 17\n"));
}

TEST_F(TagTimeline, AdvisesAShorterHopThatMakesMorePoints) {
  struct Case {
    double seconds;
    std::vector<std::string> options;
    std::string hint;  // empty: none
  };
  // Chunks of 4.096 s: at 0, hop, 2 hop … and one at the end of the file.
  const Case cases[] = {
      {8, {}, "has 2 points; --hop 0.5 makes 9\n"},
      {8, {"--chunks", "3"}, "--hop 0.5 makes 9\n"},
      {8, {"--hop", "1"}, "has 5 points; --hop 0.5 makes 9\n"},
      {8, {"--hop", "0.5"}, ""},
      {5, {"--hop", "1"}, "has 2 points; --hop 0.1 makes 11\n"},
      {5, {"--hop", "0.5"}, "--hop 0.1 makes 11\n"},
      {4.5, {"--hop", "0.1"}, "has 6 points: a chunk of the model has 4.1 s, the file 4.5 s\n"},
      {4.5, {}, "has 2 points: a chunk of the model has 4.1 s, the file 4.5 s\n"},
      {4, {}, ""},
  };
  for (const Case& each : cases) {
    const fs::path song = clip("song.wav", each.seconds);
    std::vector<std::string> arguments = {"tag", model_, song, "--timeline", folder_ / "out.svg"};
    arguments.insert(arguments.end(), each.options.begin(), each.options.end());
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    if (each.hint.empty()) {
      EXPECT_THAT(result.err, testing::Not(HasSubstr("the timeline"))) << each.seconds;
    } else {
      EXPECT_THAT(result.err, HasSubstr(each.hint)) << each.seconds;
    }
  }
}

TEST_F(TagTimeline, TheLineIsTheThresholdThatApplies) {
  test::set_thresholds(model_, {0.125, 0.25, 0.375});
  const fs::path file = folder_ / "out.svg", song = clip("song.wav", 5);
  const auto drawn = [&](std::vector<std::string> more) {
    std::vector<std::string> arguments = {"tag", model_, song, "--timeline", file};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto result = run_sonograd(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return test::read_file(file);
  };
  EXPECT_THAT(drawn({}), testing::AllOf(HasSubstr("threshold 0.12<"), HasSubstr("threshold 0.25<"),
                                        HasSubstr("threshold 0.38<")));
  EXPECT_THAT(drawn({"--threshold", "0"}), HasSubstr("threshold 0.00<"));
}

TEST_F(TagTimeline, PngIsAPictureOrAnExplanation) {
  const fs::path file = folder_ / "out.png";
  const auto result = run_sonograd({"tag", model_, clip("song.wav", 9), "--timeline", file});
  if (result.exit_code != 0) {
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("librsvg2-dev"));
    EXPECT_FALSE(fs::exists(file));
    return;
  }
  const std::string png = test::read_file(file);
  EXPECT_THAT(png, testing::StartsWith("\x89PNG\r\n\x1A\n"));
  EXPECT_GT(png.size(), 5000u);
}

TEST_F(TagTimeline, EveryLengthCanBeDrawn) {
  for (const double seconds : {0.001, 0.01, 4.0, 65.0}) {
    const fs::path file = folder_ / concat(seconds, ".svg");
    const auto result =
        run_sonograd({"tag", model_, clip("clip.wav", seconds), "--timeline", file, "--chunks", "3"});
    EXPECT_EQ(result.exit_code, 0) << seconds << ": " << result.err;
    EXPECT_EQ(test::html_fault(test::read_file(file)), "");
  }
}

TEST_F(TagTimeline, WrongUse) {
  const fs::path a = clip("a.wav", 1), b = clip("b.wav", 1);
  const auto many = run_sonograd({"tag", model_, a, b, "--timeline", folder_ / "x.svg"});
  EXPECT_EQ(many.exit_code, 2);
  EXPECT_THAT(many.err, HasSubstr("--timeline: expected one file, got 2"));
  const auto wrong = run_sonograd({"tag", model_, a, "--timeline", folder_ / "x.jpg"});
  EXPECT_EQ(wrong.exit_code, 2);
  EXPECT_THAT(wrong.err, HasSubstr(".svg or .png"));
  test::write_file(folder_ / "text.mp3", "no sound");
  EXPECT_EQ(run_sonograd({"tag", model_, folder_ / "text.mp3", "--timeline", folder_ / "x.svg"}).exit_code,
            4);
  EXPECT_FALSE(fs::exists(folder_ / "x.svg"));
  EXPECT_EQ(run_sonograd({"tag", model_, a, "--timeline", folder_ / "absent" / "x.svg"}).exit_code, 1);
}

}  // namespace
}  // namespace sonograd
