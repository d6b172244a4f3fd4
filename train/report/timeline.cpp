#include "train/report/timeline.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "models/tagging/step_places.h"
#include "train/pictures/mel_axes.h"
#include "train/pictures/plot.h"
#include "train/pictures/sheet.h"

namespace sonograd::train::report {
namespace {

constexpr double kLeft = kSheetLeft, kRight = kSheetRight;
constexpr std::size_t kHeadingLines = 2;
constexpr double kNameHeight = 30, kCurveHeight = 46, kRowGap = 10;
constexpr double kMelGap = 8, kMelHeight = 190, kBottom = 40;
constexpr std::size_t kLongestFile = 34, kLongestModel = 40, kLongestLabel = 28;

/// "0:07.5".
std::string precise_time(double seconds) {
  const auto tenths = static_cast<long>(seconds * 10 + 0.5);
  return fmt::format("{}.{}", clock_time(static_cast<double>(tenths / 10)), tenths % 10);
}

class TimelineDrawing {
 public:
  explicit TimelineDrawing(const Timeline& timeline)
      : timeline_(timeline),
        rows_top_(below_heading(kHeadingLines)),
        mel_top_(rows_top_ + static_cast<double>(timeline.rows.size()) * kRowPitch + kMelGap),
        mel_bottom_(mel_top_ + kMelHeight) {}

  std::string svg() const {
    Markup content = heading();
    for (std::size_t i = 0; i < timeline_.rows.size(); ++i) content.add(row(i));
    content.add(spectrogram_panel(timeline_.mel, heat_palette(), mel_top_, kMelHeight))
        .add(frequency_labels(timeline_.sample_rate, mel_top_, kMelHeight))
        .add(time_labels(0, timeline_.seconds, mel_bottom_));
    return sheet(fmt::format("{}: tags over time by {}", timeline_.title, timeline_.model),
                 mel_bottom_ + kBottom, content);
  }

 private:
  static constexpr double kRowPitch = kNameHeight + kCurveHeight + kRowGap;

  double x(double seconds) const {
    return kLeft + seconds / std::max(timeline_.seconds, 1e-3) * (kRight - kLeft);
  }

  Markup heading() const {
    const std::string chunks =
        timeline_.columns.size() < 2
            ? fmt::format("one {} of {:.1f} s", timeline_.unit, timeline_.chunk_seconds)
        : timeline_.unit == "step" ? fmt::format("steps of {:.3g} s", timeline_.chunk_seconds)
                                   : fmt::format("chunks of {:.1f} s every {:.2g} s", timeline_.chunk_seconds,
                                                 timeline_.hop_seconds);
    const bool has_thresholds =
        std::ranges::any_of(timeline_.rows, [](const TimelineRow& row) { return row.threshold.has_value(); });
    const std::string reading =
        has_thresholds ? "height: score, 0 to 1; dashed: threshold of the tag" : "height: score, 0 to 1";
    const std::array<std::string, kHeadingLines> lines = {
        fmt::format("{}, {}", shortened(timeline_.model, kLongestModel), chunks), reading};
    return sheet_heading(
        fmt::format("{}, {}", shortened(timeline_.title, kLongestFile), clock_time(timeline_.seconds)),
        lines);
  }

  /// The top of the curve of a row, through the centres of the columns; level to both ends of the file.
  std::string edge(const TimelineRow& row, double bottom) const {
    const auto y = [&](float score) { return px(bottom - std::clamp<double>(score, 0, 1) * kCurveHeight); };
    std::string path = fmt::format("M{} {}", px(kLeft), y(row.scores.front()));
    for (std::size_t column = 0; column < row.scores.size(); ++column) {
      path += fmt::format("L{:.2f} {}", x(timeline_.columns[column].centre()), y(row.scores[column]));
    }
    return path + fmt::format("L{} {}", px(kRight), y(row.scores.back()));
  }

  Markup row(std::size_t index) const {
    const TimelineRow& row = timeline_.rows[index];
    const double top = rows_top_ + static_cast<double>(index) * kRowPitch,
                 bottom = top + kNameHeight + kCurveHeight;
    const std::string numbers =
        row.threshold ? fmt::format("overall {:.2f}, threshold {:.2f}", row.score, *row.threshold)
                      : fmt::format("overall {:.2f}", row.score);
    Markup parts =
        join(text_at(kLeft, top + kNameHeight - 8, "start", "ink label", shortened(row.label, kLongestLabel)),
             text_at(kRight, top + kNameHeight - 8, "end", "ink", numbers),
             rectangle("track", kLeft, top + kNameHeight, kRight - kLeft, kCurveHeight));
    if (row.scores.empty()) return parts;
    const std::string line = edge(row, bottom);
    const std::string area = fmt::format("{}V{}H{}Z", line, px(bottom), px(kLeft));
    parts.add(void_element("path", {{"class", "curve"}, {"d", area}}));
    if (row.threshold) parts.add(above_threshold(index, *row.threshold, bottom, area));
    parts.add(void_element("path", {{"class", "edge"}, {"d", line}}));
    return parts.add(hints(row, top + kNameHeight));
  }

  /// The area once more in full colour, clipped to scores from the threshold on, and the threshold.
  static Markup above_threshold(std::size_t index, double threshold, double bottom, const std::string& area) {
    const std::string id = fmt::format("above-{}", index);
    const double y = bottom - threshold * kCurveHeight;
    return join(
        element("clipPath", {{"id", id}},
                void_element("rect", {{"x", px(kLeft)},
                                      {"y", px(bottom - kCurveHeight)},
                                      {"width", px(kRight - kLeft)},
                                      {"height", px(y - (bottom - kCurveHeight))}})),
        void_element("path", {{"class", "high"}, {"clip-path", fmt::format("url(#{})", id)}, {"d", area}}),
        line_between("threshold", kLeft, y, kRight, y));
  }

  /// Times and score under the pointer: a column reaches half the way to its neighbours.
  Markup hints(const TimelineRow& row, double top) const {
    Markup all;
    double left = kLeft;
    for (std::size_t i = 0; i < row.scores.size(); ++i) {
      const TimelineColumn& column = timeline_.columns[i];
      const bool is_last = i + 1 == row.scores.size();
      const double right = is_last ? kRight : x((column.centre() + timeline_.columns[i + 1].centre()) / 2);
      const std::string hint = fmt::format("{} {}–{}: {:.3f}", row.label, precise_time(column.begin),
                                           precise_time(column.end), row.scores[i]);
      all.add(element("rect",
                      {{"class", "hit"},
                       {"x", fmt::format("{:.2f}", left)},
                       {"y", px(top)},
                       {"width", fmt::format("{:.2f}", right - left)},
                       {"height", px(kCurveHeight)}},
                      element("title", {}, hint)));
      left = right;
    }
    return all;
  }

  const Timeline& timeline_;
  double rows_top_, mel_top_, mel_bottom_;
};

}  // namespace

void ChunkColumns::add(std::span<const float> scores) {
  if (chunks_++ % per_column_ == 0) {
    scores_.insert(scores_.end(), scores.begin(), scores.end());
    if (size() > kMost) merge_pairs();
    return;
  }
  const auto last = std::span(scores_).last(labels_);
  std::ranges::transform(last, scores, last.begin(), [](float a, float b) { return std::max(a, b); });
}

void ChunkColumns::merge_pairs() {
  const std::size_t columns = size();
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t label = 0; label < labels_; ++label) {
      float& merged = scores_[column / 2 * labels_ + label];
      const float score = scores_[column * labels_ + label];
      merged = column % 2 == 0 ? score : std::max(merged, score);
    }
  }
  scores_.resize((columns + 1) / 2 * labels_);
  per_column_ *= 2;
}

TimelineGrid TimelineGrid::of_chunks(const models::ChunkRule& rule, std::int64_t samples) {
  return {.unit = "chunk",
          .sample_rate = rule.sample_rate,
          .samples = samples,
          .length = rule.length,
          .hop = rule.hop_in(samples),
          .place = [rule, samples](std::size_t chunk) { return rule.place(chunk, samples); }};
}

TimelineGrid TimelineGrid::of_steps(const models::ChunkRule& rule, std::int64_t samples, std::int64_t steps) {
  std::vector<audio::Chunk> places;
  for (const models::StepPlace& step : models::step_places(rule, samples, steps))
    places.push_back(audio::part_inside(step.samples, samples));
  return {.unit = "step",
          .sample_rate = rule.sample_rate,
          .samples = samples,
          .length = rule.length / steps,
          .hop = rule.length / steps,
          .place = [places = std::move(places)](std::size_t step) { return places[step]; }};
}

Timeline make_timeline(const ChunkColumns& scores, const TimelineGrid& grid,
                       std::span<const TimelineLabel> shown) {
  const auto seconds = [&](std::int64_t length) { return static_cast<double>(length) / grid.sample_rate; };
  Timeline timeline{.title = {},
                    .model = {},
                    .seconds = seconds(grid.samples),
                    .sample_rate = grid.sample_rate,
                    .unit = std::string(grid.unit),
                    .chunk_seconds = seconds(grid.length),
                    .hop_seconds = seconds(grid.hop),
                    .columns = {},
                    .rows = {},
                    .mel = {}};
  for (std::size_t column = 0; column < scores.size(); ++column) {
    const std::size_t first = column * scores.chunks_per_column();
    const std::size_t last = std::min(first + scores.chunks_per_column(), scores.chunks()) - 1;
    const audio::Chunk end = grid.place(last);
    timeline.columns.push_back({seconds(grid.place(first).start), seconds(end.start + end.length)});
  }
  for (const TimelineLabel& label : shown) {
    TimelineRow row{.label = label.name, .score = label.score, .threshold = label.threshold, .scores = {}};
    for (std::size_t column = 0; column < scores.size(); ++column)
      row.scores.push_back(scores.at(column, label.index));
    timeline.rows.push_back(std::move(row));
  }
  return timeline;
}

std::string draw(const Timeline& timeline) {
  return TimelineDrawing(timeline).svg();
}

}  // namespace sonograd::train::report
