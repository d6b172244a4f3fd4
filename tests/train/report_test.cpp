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
#include "train/pictures/line_chart.h"
#include "train/pictures/mel_picture.h"
#include "train/report/bar_chart.h"
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

TimelineGrid grid_of(std::int64_t length, std::int64_t hop, std::int64_t samples) {
  return TimelineGrid::of_chunks({.sample_rate = 100, .length = length, .hop = hop}, samples);
}

ChunkColumns columns_of(std::span<const float> scores, std::size_t labels) {
  ChunkColumns columns(labels);
  for (std::size_t i = 0; i < scores.size(); i += labels) columns.add(scores.subspan(i, labels));
  return columns;
}

TEST(Timeline, ColumnsCoverTheirChunks) {
  const std::vector<float> scores = {0.1f, 0.9f, 0.2f, 0.8f, 0.3f, 0.7f};
  Timeline timeline = make_timeline(columns_of(scores, 2), grid_of(800, 800, 2000),
                                    std::vector<TimelineLabel>{{1, "b<", 0.8, 0.75}});
  ASSERT_EQ(timeline.columns.size(), 3u);
  EXPECT_EQ(timeline.columns[1].begin, 8);
  EXPECT_EQ(timeline.columns[1].end, 16);
  EXPECT_EQ(timeline.columns[2].begin, 12) << "the last chunk ends with the file";
  EXPECT_EQ(timeline.columns[2].end, 20);
  ASSERT_EQ(timeline.rows.size(), 1u);
  EXPECT_THAT(timeline.rows[0].scores, ElementsAre(0.9f, 0.8f, 0.7f));
  timeline.title = "a & b";
  timeline.model = "run (net)";
  timeline.mel = {.width = 1, .height = 1, .levels = {7}};
  const std::string svg = draw(timeline);
  EXPECT_EQ(test::html_fault(svg), "");
  EXPECT_THAT(svg, HasSubstr("a &amp; b, 0:20"));
  EXPECT_THAT(svg, HasSubstr("run (net), chunks of 8.0 s every 8 s"));
  EXPECT_THAT(svg, HasSubstr("b&lt; 0:08.0–0:16.0: 0.800"));
  EXPECT_THAT(svg, HasSubstr("overall 0.80, threshold 0.75"));
}

TEST(Timeline, OneChunkCoversAShortFile) {
  const std::vector<float> scores = {0.25f};
  Timeline timeline = make_timeline(columns_of(scores, 1), grid_of(2910, 2910, 2900),
                                    std::vector<TimelineLabel>{{0, "a", 0.25, {}}});
  ASSERT_EQ(timeline.columns.size(), 1u);
  EXPECT_EQ(timeline.columns[0].begin, 0);
  EXPECT_EQ(timeline.columns[0].end, 29);
  timeline.mel = {.width = 1, .height = 1, .levels = {7}};
  const std::string svg = draw(timeline);
  EXPECT_THAT(svg, HasSubstr("a 0:00.0–0:29.0: 0.250"));
  EXPECT_THAT(svg, HasSubstr("one chunk of 29.1 s"));
  EXPECT_THAT(svg, Not(HasSubstr("class=\"threshold\"")));
}

TEST(Timeline, OverlappingChunksOfASongLevelNetworkAreAPointEach) {
  const std::vector<float> scores = {0.1f, 0.2f, 0.3f, 0.4f};
  const Timeline timeline = make_timeline(columns_of(scores, 1), grid_of(2900, 100, 3150),
                                          std::vector<TimelineLabel>{{0, "a", 0.25, {}}});
  ASSERT_EQ(timeline.columns.size(), 4u);  // at 0, 1, 2 and 2.5 s
  EXPECT_EQ(timeline.columns[1].centre(), 15.5);
  EXPECT_EQ(timeline.columns[3].begin, 2.5);
  EXPECT_EQ(timeline.columns[3].end, 31.5);
}

TEST(ChunkColumns, MergeInLimitedMemoryAndKeepTheHighestScore) {
  std::vector<float> scores(2500);
  scores[2401] = 1;
  const ChunkColumns columns = columns_of(scores, 1);
  EXPECT_EQ(columns.chunks(), 2500u);
  ASSERT_EQ(columns.chunks_per_column(), 8u);
  ASSERT_EQ(columns.size(), 313u);  // 2500 / 8, rounded up
  for (std::size_t column = 0; column < columns.size(); ++column)
    EXPECT_EQ(columns.at(column, 0), column == 2401 / 8 ? 1 : 0) << column;
  const Timeline timeline =
      make_timeline(columns, grid_of(100, 100, 250000), std::vector<TimelineLabel>{{0, "a", 0.5, {}}});
  EXPECT_EQ(timeline.columns.back().begin, 2496);
  EXPECT_EQ(timeline.columns.back().end, 2500);
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
