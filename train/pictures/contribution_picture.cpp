#include "train/pictures/contribution_picture.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "kernels/mel/mel.h"
#include "train/pictures/mel_picture.h"
#include "train/pictures/plot.h"
#include "train/pictures/sheet.h"

namespace sonograd::train {
namespace {

constexpr double kPanelGap = 10;
constexpr double kMelHeight = 220, kCurveHeight = 70, kMarkHeight = 5, kTimesHeight = 40;
constexpr double kChartLeft = 60, kChartRight = 400, kChartHeight = 150, kChartFoot = 52;
// Tiles in which contributions are drawn: single ones are too many for the eye, and of both signs.
constexpr std::int64_t kMostColumns = 256;
constexpr std::size_t kRows = 40;

// Bounds of part `i` of `count` of `total`.
std::pair<std::int64_t, std::int64_t> bounds_of(std::int64_t i, std::int64_t count, std::int64_t total) {
  return {i * total / count, (i + 1) * total / count};
}

// The absolute value that one in a hundred exceeds.
double scale_of(std::vector<double> values) {
  for (double& value : values) value = std::abs(value);
  if (values.empty()) return 1;
  const auto rank = values.begin() + static_cast<std::ptrdiff_t>(values.size() * 99 / 100);
  std::ranges::nth_element(values, rank);
  const double highest = *std::ranges::max_element(values);
  return highest > 0 ? std::max(*rank, highest / 20) : 1;
}

// Row of a frequency, counted from the lowest.
std::size_t row_at(double hz, int sample_rate) {
  const double highest = kernels::hz_to_mel(sample_rate / 2.0, kernels::MelScale::slaney);
  const double share = kernels::hz_to_mel(hz, kernels::MelScale::slaney) / highest;
  return static_cast<std::size_t>(std::clamp(share * kRows, 0.0, kRows - 1.0));
}

class ContributionDrawing {
 public:
  explicit ContributionDrawing(const ContributionPicture& picture)
      : picture_(picture),
        mel_top_(below_heading(picture.lines.size())),
        curve_top_(mel_top_ + kMelHeight + kPanelGap),
        marks_top_(curve_top_ + kCurveHeight + 3),
        times_top_(marks_top_ + kMarkHeight + 2),
        chart_top_(times_top_ + kTimesHeight + 36) {}

  std::string svg() const {
    Markup content = join(sheet_heading(picture_.title, picture_.lines),
                          spectrogram_panel(picture_.mel, grey_palette(), mel_top_, kMelHeight));
    if (picture_.levels) {
      content.add(image_at(encode_png(*picture_.levels, signed_palette()), kSheetLeft, mel_top_,
                           kSheetRight - kSheetLeft, kMelHeight));
    }
    content.add(frequency_labels(picture_.sample_rate, mel_top_, kMelHeight))
        .add(curve())
        .add(marks(picture_.most, "mark"))
        .add(marks(picture_.least, "high"))
        .add(time_labels(picture_.begin, picture_.seconds, times_top_));
    if (picture_.deletion) content.add(chart(*picture_.deletion));
    const double height =
        picture_.deletion ? chart_top_ + kChartHeight + kChartFoot : times_top_ + kTimesHeight;
    return sheet(picture_.title, height, content);
  }

 private:
  double x(double seconds) const {
    return kSheetLeft +
           (seconds - picture_.begin) / std::max(picture_.seconds, 1e-3) * (kSheetRight - kSheetLeft);
  }

  // Sums of the contributions of a tile, above and below a line in the middle.
  Markup curve() const {
    const double width = kSheetRight - kSheetLeft, zero = curve_top_ + kCurveHeight / 2;
    const auto columns = std::min<std::int64_t>(std::ssize(picture_.curve), kMostColumns);
    std::vector<double> sums;
    for (std::int64_t column = 0; column < columns; ++column) {
      const auto [begin, end] = bounds_of(column, columns, std::ssize(picture_.curve));
      double sum = 0;
      for (std::int64_t i = begin; i < end; ++i) sum += picture_.curve[static_cast<std::size_t>(i)];
      sums.push_back(sum);
    }
    double highest = 0;
    for (const double sum : sums) highest = std::max(highest, std::abs(sum));
    std::string up = fmt::format("M{} {}", px(kSheetLeft), px(zero)), down = up;
    for (std::size_t column = 0; column < sums.size(); ++column) {
      const double left = kSheetLeft + width * static_cast<double>(column) / static_cast<double>(columns),
                   right = left + width / static_cast<double>(columns);
      const double height = highest > 0 ? sums[column] / highest * (kCurveHeight / 2 - 2) : 0;
      up += fmt::format("V{}H{:.2f}", px(zero - std::max(height, 0.0)), right);
      down += fmt::format("V{}H{:.2f}", px(zero - std::min(height, 0.0)), right);
    }
    const std::string close = fmt::format("V{}Z", px(zero));
    return join(rectangle("track", kSheetLeft, curve_top_, width, kCurveHeight),
                void_element("path", {{"class", "mark"}, {"d", up + close}}),
                void_element("path", {{"class", "high"}, {"d", down + close}}));
  }

  Markup marks(const std::vector<std::pair<double, double>>& parts, std::string_view kind) const {
    Markup all;
    for (const auto& [begin, end] : parts)
      all.add(rectangle(kind, x(begin), marks_top_, x(end) - x(begin), kMarkHeight));
    return all;
  }

  double chart_x(double removed) const { return std::lerp(kChartLeft, kChartRight, removed); }
  double chart_y(double score) const { return chart_top_ + (1 - score) * kChartHeight; }

  std::string line(const std::vector<double>& removed, const std::vector<double>& scores) const {
    std::string path;
    for (std::size_t i = 0; i < scores.size(); ++i)
      path += fmt::format("{}{} {}", i == 0 ? 'M' : 'L', px(chart_x(removed[i])), px(chart_y(scores[i])));
    return path;
  }

  Markup chart(const DeletionLines& lines) const {
    std::string band = line(lines.removed, lines.highest);
    for (std::size_t i = lines.removed.size(); i-- > 0;)
      band += fmt::format("L{} {}", px(chart_x(lines.removed[i])), px(chart_y(lines.lowest[i])));
    Markup all = join(
        text_at(kSheetLeft, chart_top_ - 14, "start", "ink label", "Score while cells are removed"),
        rectangle("track", kChartLeft, chart_top_, kChartRight - kChartLeft, kChartHeight),
        void_element("path", {{"class", "band"}, {"d", band + 'Z'}}),
        void_element("path", {{"class", "quiet-edge"}, {"d", line(lines.removed, lines.random)}}),
        void_element("path", {{"class", "other-edge"}, {"d", line(lines.removed, lines.by_importance)}}));
    for (const double score : {0.0, 0.5, 1.0})
      all.add(text_at(kChartLeft - 8, chart_y(score) + 5, "end", "", fmt::format("{:g}", score)));
    for (const double share : {0.0, 0.5, 1.0}) {
      all.add(text_at(chart_x(share), chart_top_ + kChartHeight + 20, "middle", "",
                      fmt::format("{:g} %", 100 * share)));
    }
    const double left = kChartRight + 30, middle = chart_top_ + kChartHeight / 2;
    const auto entry = [&](double y, std::string_view kind, const std::string& text) {
      all.add(join(line_between(kind, left, y - 5, left + 22, y - 5),
                   text_at(left + 30, y, "start", "ink", text)));
    };
    entry(middle - 34, "other-edge", fmt::format("most important first: area {:.3f}", lines.area));
    entry(middle - 8, "quiet-edge", fmt::format("at random: area {:.3f}", lines.random_area));
    all.add(text_at(left + 30, middle + 14, "start", "",
                    fmt::format("({:.3f} to {:.3f})", lines.lowest_area, lines.highest_area)));
    const bool is_below = lines.area < lines.lowest_area;
    all.add(text_at(left, middle + 46, "start", "ink",
                    is_below                         ? "Below every random order:"
                    : lines.area < lines.random_area ? "Hardly below random orders:"
                                                     : "Not below random orders:"));
    return all.add(text_at(left, middle + 68, "start", "ink",
                           is_below ? "the order of the map matters." : "do not trust the map."));
  }

  const ContributionPicture& picture_;
  double mel_top_, curve_top_, marks_top_, times_top_, chart_top_;
};

}  // namespace

Picture contribution_levels(const ContributionMap& map, int sample_rate) {
  Picture picture = {.width = std::min(map.columns, kMostColumns), .height = kRows, .levels = {}};
  const auto width = static_cast<std::size_t>(picture.width);
  std::vector<double> sums(kRows * width);  // rows from low to high
  std::vector<std::size_t> row_of_band;
  for (const double hz : map.bands) row_of_band.push_back(row_at(hz, sample_rate));
  for (std::size_t x = 0; x < width; ++x) {
    const auto [begin, end] = bounds_of(static_cast<std::int64_t>(x), picture.width, map.columns);
    for (std::size_t band = 0; band < map.bands.size(); ++band) {
      for (std::int64_t column = begin; column < end; ++column)
        sums[row_of_band[band] * width + x] += map.at(column, static_cast<std::int64_t>(band));
    }
  }
  const double scale = scale_of(sums);
  for (std::size_t row = kRows; row-- > 0;) {
    // A row between two bands looks like the one of the nearest band.
    const std::size_t shown = *std::ranges::min_element(
        row_of_band, {}, [&](std::size_t other) { return std::max(row, other) - std::min(row, other); });
    for (std::size_t x = 0; x < width; ++x) {
      const double value = std::clamp(sums[shown * width + x] / scale, -1.0, 1.0);
      picture.levels.push_back(static_cast<std::uint8_t>(std::lround(128 + 127 * value)));
    }
  }
  return picture;
}

std::string draw(const ContributionPicture& picture) {
  return ContributionDrawing(picture).svg();
}

}  // namespace sonograd::train
