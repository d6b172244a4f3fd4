// The pieces of the report; the whole page is tested in tests/app/report_test.cpp.
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numbers>
#include <png.h>

#include "tests/support/html.h"
#include "tests/train/clip_files.h"
#include "tests/train/table_files.h"
#include "train/eval/metrics.h"
#include "train/report/bar_chart.h"
#include "train/report/line_chart.h"
#include "train/report/mel_picture.h"
#include "train/report/timeline.h"
#include "train/run/metrics_file.h"
#include "train/run/run_record.h"

namespace sonograd::train::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(Markup, EscapesWhateverIsText) {
  const Markup markup = element("b", {{"title", "\"><script>"}}, "<i>&'\x01", std::string("\xFF"));
  EXPECT_EQ(markup.str(), "<b title=\"&quot;&gt;&lt;script&gt;\">&lt;i&gt;&amp;&#39;\uFFFD\uFFFD</b>");
  EXPECT_EQ(test::html_fault(markup.str()), "");
}

TEST(HtmlFault, FindsWhatIsWrong) {
  EXPECT_EQ(test::html_fault("<a href=\"x\"><b/>text &amp; more</a>"), "");
  for (const char* page : {"<a>", "</a>", "<a><b></a></b>", "a < b", "a & b", "<a b=c/>", "<a b=\"<\"/>"}) {
    EXPECT_NE(test::html_fault(page), "") << page;
  }
}

TEST(Axis, EndsOnRoundTicks) {
  EXPECT_THAT(Axis::linear("", 0.13, 9.7).ticks, ElementsAre(0, 5, 10));
  const Axis axis = Axis::linear("", 0.31, 0.98);
  EXPECT_NEAR(axis.low, 0.2, 1e-12);
  EXPECT_NEAR(axis.high, 1.0, 1e-12);
  EXPECT_LT(Axis::linear("", 3, 3).low, Axis::linear("", 3, 3).high) << "a constant still has an axis";
}

TEST(ShortNumber, IsShort) {
  EXPECT_EQ(short_number(1234567), "1,234,567");
  EXPECT_EQ(short_number(-1000), "-1,000");
  EXPECT_EQ(short_number(0.25), "0.25");
  EXPECT_EQ(short_number(3e-5), "3e-05");
  EXPECT_EQ(fixed_number(std::nullopt), "–");
}

TEST(LineChart, DrawsOnePathPerSeriesAndHoverTexts) {
  const Markup chart = draw(LineChart{
      .title = "Loss <1>",
      .x = Axis::linear("epoch", 1, 3),
      .y = Axis::linear("loss", 0, 2),
      .series = {{"train", {{1, 2}, {2, 1}, {3, 0.5}}, 1}, {"valid", {{2, 1.5}}, 2}, {"absent", {}, 3}},
      .hover_unit = "epoch"});
  EXPECT_EQ(test::html_fault(chart.str()), "");
  EXPECT_THAT(chart.str(), HasSubstr("epoch 2: train 1.000 · valid 1.500"));
  EXPECT_THAT(chart.str(), HasSubstr("line series-2"));
  EXPECT_THAT(chart.str(), Not(HasSubstr("absent")));
}

TEST(Histogram, CountsEveryValueOnce) {
  EXPECT_THAT(histogram(std::vector<double>{0, 0.1, 0.5, 1, 7}, 0, 1, 4), ElementsAre(2, 0, 1, 2));
}

TEST(PrecisionRecallCurve, AreaUnderItsStepsIsTheAveragePrecision) {
  const std::vector<float> targets = {1, 0, 1, 1, 0, 0, 1},
                           scores = {0.9f, 0.8f, 0.8f, 0.4f, 0.3f, 0.2f, 0.1f};
  double area = 0, recall = 0;
  for (const OperatingPoint& point : precision_recall_curve(targets, scores)) {
    area += (point.recall - recall) * point.precision;
    recall = point.recall;
  }
  EXPECT_DOUBLE_EQ(area, *average_precision(targets, scores));
  EXPECT_DOUBLE_EQ(recall, 1);
  EXPECT_TRUE(precision_recall_curve(std::vector<float>{1, 1}, std::vector<float>{0, 1}).empty());
}

TEST(Picture, PngHoldsThePaletteColours) {
  const std::string bytes = encode_png({.width = 3, .height = 1, .levels = {0, 128, 255}});
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  ASSERT_TRUE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()));
  ASSERT_EQ(image.width, 3u);
  ASSERT_EQ(image.height, 1u);
  image.format = PNG_FORMAT_RGB;
  std::array<Rgb, 3> pixels{};
  ASSERT_TRUE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr));
  for (std::size_t i = 0; i < 3; ++i) {
    const Rgb& expected = heat_palette()[i == 0 ? 0 : i == 1 ? 128 : 255];
    EXPECT_EQ(pixels[i].red, expected.red);
    EXPECT_EQ(pixels[i].green, expected.green);
    EXPECT_EQ(pixels[i].blue, expected.blue);
  }
}

TEST(Picture, PaletteGetsLighterAllTheWay) {
  const auto luma = [](const Rgb& c) { return 0.2126 * c.red + 0.7152 * c.green + 0.0722 * c.blue; };
  for (std::size_t i = 1; i < 256; ++i)
    EXPECT_GE(luma(heat_palette()[i]), luma(heat_palette()[i - 1]) - 0.5) << i;
}

TEST(Picture, DataUriIsBase64) {  // RFC 4648 §10
  EXPECT_EQ(data_uri("f"), "data:image/png;base64,Zg==");
  EXPECT_EQ(data_uri("fo"), "data:image/png;base64,Zm8=");
  EXPECT_EQ(data_uri("foobar"), "data:image/png;base64,Zm9vYmFy");
}

std::vector<float> sine(double hertz, int samples) {
  std::vector<float> wave(static_cast<std::size_t>(samples));
  for (std::size_t i = 0; i < wave.size(); ++i) {
    wave[i] =
        static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / kTestRate));
  }
  return wave;
}

std::int64_t loudest_row(const Picture& picture, std::int64_t column) {
  std::int64_t best = 0;
  for (std::int64_t row = 0; row < picture.height; ++row) {
    const auto level = [&](std::int64_t r) {
      return picture.levels[static_cast<std::size_t>(r * picture.width + column)];
    };
    if (level(row) > level(best)) best = row;
  }
  return best;
}

TEST(MelPicture, PitchRisesUpwardsAndTimeRunsRight) {
  MelPicture mel(kTestRate, 100);
  mel.add(sine(250, 2 * kTestRate));
  mel.add(sine(2500, 2 * kTestRate));
  const Picture picture = mel.finish();
  EXPECT_EQ(picture.height, MelPicture::kBands);
  EXPECT_LE(picture.width, 100);
  EXPECT_GT(picture.width, 50);
  EXPECT_GT(loudest_row(picture, 5), loudest_row(picture, picture.width - 5));
  EXPECT_EQ(std::ranges::max(picture.levels), 255);
}

TEST(MelPicture, WidthIsBoundedWhateverTheLengthAndTheBlocks) {
  const std::vector<float> wave = sine(440, 40 * kTestRate);
  MelPicture whole(kTestRate, 33), parts(kTestRate, 33);
  whole.add(wave);
  for (std::size_t i = 0; i < wave.size(); i += 1000) parts.add(std::span(wave).subspan(i, 1000));
  EXPECT_EQ(whole.samples(), parts.samples());
  const Picture one = whole.finish(), other = parts.finish();
  EXPECT_LE(one.width, 33);
  EXPECT_GE(one.width, 16);
  EXPECT_EQ(one.width, other.width);
  EXPECT_EQ(one.levels, other.levels);
}

TEST(MelPicture, SilenceAndNothingAreBlack) {
  MelPicture silence(kTestRate, 10), nothing(kTestRate, 10);
  silence.add(std::vector<float>(kTestRate));
  for (MelPicture* const mel : {&silence, &nothing}) {
    const Picture picture = mel->finish();
    EXPECT_GE(picture.width, 1);
    EXPECT_EQ(std::ranges::max(picture.levels), 0);
  }
}

TEST(Timeline, ColumnsMeetWhereChunksBegin) {
  const std::vector<audio::Chunk> chunks = {{0, 800}, {800, 800}, {1200, 800}};
  const std::vector<float> scores = {0.1f, 0.9f, 0.2f, 0.8f, 0.3f, 0.7f};
  Timeline timeline = make_timeline(chunks, 2000, 100, scores, 2, std::vector<TimelineLabel>{{1, "b<", 0.8}});
  EXPECT_THAT(timeline.boundaries, ElementsAre(0, 8, 12, 20));
  ASSERT_EQ(timeline.rows.size(), 1u);
  EXPECT_THAT(timeline.rows[0].scores, ElementsAre(0.9f, 0.8f, 0.7f));
  timeline.title = "a & b";
  timeline.mel = {.width = 1, .height = 1, .levels = {7}};
  const std::string svg = draw(timeline);
  EXPECT_EQ(test::html_fault(svg), "");
  EXPECT_THAT(svg, HasSubstr("a &amp; b"));
  EXPECT_THAT(svg, HasSubstr("b&lt; 0:08–0:12: 0.800"));
}

TEST(Timeline, LongFilesShareColumns) {
  std::vector<audio::Chunk> chunks;
  std::vector<float> scores(2500);
  for (std::int64_t i = 0; i < 2500; ++i) chunks.push_back({100 * i, 100});
  scores[2401] = 1;
  const Timeline timeline =
      make_timeline(chunks, 250000, 100, scores, 1, std::vector<TimelineLabel>{{0, "a", 0.5}});
  ASSERT_EQ(timeline.rows[0].scores.size(), 834u);
  EXPECT_EQ(timeline.rows[0].scores[800], 1) << "the highest of the chunks that share a column";
  EXPECT_EQ(timeline.boundaries.back(), 2500);
}

TEST(MetricsFile, ReadsEpochsAndNamesTheLineThatIsNone) {
  const auto folder = test_folder();
  EXPECT_TRUE(read_metrics(folder / "metrics.jsonl").empty());
  const std::string line =
      R"({"epoch":1,"step":9,"train_loss":0.5,"valid_loss":null,"lr":0.1,"seconds":2,"wait_share":0})";
  const auto epochs = read_metrics(write_text(folder / "good.jsonl", line + "\n"));
  ASSERT_EQ(epochs.size(), 1u);
  EXPECT_EQ(epochs[0].step, 9);
  EXPECT_EQ(epochs[0].valid_loss, std::nullopt);
  const auto message = message_of<FormatError>(
      [&] { read_metrics(write_text(folder / "bad.jsonl", line + "\n{\"epoch\":\"two\"}\n")); });
  EXPECT_THAT(message, HasSubstr("bad.jsonl:2"));
}

TEST(RunSessions, DamageCostsTheSessionsAndNothingElse) {
  const auto folder = test_folder();
  EXPECT_TRUE(read_sessions(folder / "run.json").empty());
  EXPECT_TRUE(read_sessions(write_text(folder / "cut.json", "{\"sessions\": [")).empty());
  const auto sessions = read_sessions(write_text(
      folder / "run.json", R"({"sessions": [7, {"command": "c", "threads": 2, "unreadable": [{}, {}]}]})"));
  ASSERT_EQ(sessions.size(), 1u);
  EXPECT_EQ(sessions[0].command, "c");
  EXPECT_EQ(sessions[0].threads, 2);
  EXPECT_EQ(sessions[0].unreadable, 2u);
  EXPECT_EQ(sessions[0].seconds, std::nullopt);
}

}  // namespace
}  // namespace sonograd::train::report
