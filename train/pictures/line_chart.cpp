#include "train/pictures/line_chart.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <nlohmann/json.hpp>

namespace sonograd::train {
namespace {

constexpr double kLabelSpacing = 14;
constexpr double kLabelRoom = 84;

/// Points that are closer than this to the one before are not drawn: 40,000 clips make no larger page.
constexpr double kFinest = 0.4;

std::string path_of(const Plot& plot, const Series& series) {
  std::string path;
  double last_x = -1e9, last_y = -1e9;
  for (const Point& point : series.points) {
    const double x = plot.x(point.x), y = plot.y(point.y);
    const bool is_end = &point == &series.points.back();
    if (!is_end && std::abs(x - last_x) < kFinest && std::abs(y - last_y) < kFinest) continue;
    if (path.empty()) {
      path = fmt::format("M{} {}", px(x), px(y));
    } else if (series.steps) {
      path += fmt::format("V{}H{}", px(y), px(x));
    } else {
      path += fmt::format("L{} {}", px(x), px(y));
    }
    last_x = x, last_y = y;
  }
  return path;
}

struct EndLabel {
  const Series* series;
  double y;
};

/// Names beside the ends of their lines, moved apart where they would overlap.
Markup end_labels(const Plot& plot, const std::vector<Series>& all) {
  std::vector<EndLabel> labels;
  for (const Series& series : all) {
    if (!series.points.empty()) labels.push_back({&series, plot.y(series.points.back().y)});
  }
  std::ranges::sort(labels, {}, &EndLabel::y);
  double lowest = Plot::kTop;
  for (EndLabel& label : labels) {
    label.y = std::max(label.y, lowest);
    lowest = label.y + kLabelSpacing;
  }
  double highest = Plot::kHeight - Plot::kBottom;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    label->y = std::min(label->y, highest);
    highest = label->y - kLabelSpacing;
  }
  Markup markup;
  for (const EndLabel& label : labels) {
    markup.add(element("text",
                       {{"class", fmt::format("name series-{}", label.series->colour)},
                        {"x", px(plot.right() + 7)},
                        {"y", px(label.y + 4)}},
                       label.series->name));
  }
  return markup;
}

std::string hover_data(const Plot& plot, const LineChart& chart) {
  std::map<double, std::string> texts;
  for (const Series& series : chart.series) {
    for (const Point& point : series.points) {
      std::string& text = texts[point.x];
      text += fmt::format("{} {}{}{:#.4g}", text.empty() ? "" : " ·", series.name,
                          series.name.empty() ? "" : " ", point.y);
    }
  }
  nlohmann::json data = nlohmann::json::array();
  for (const auto& [x, text] : texts) {
    data.push_back(
        {std::round(10 * plot.x(x)) / 10, fmt::format("{} {}:{}", chart.hover_unit, short_number(x), text)});
  }
  return data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

Markup draw(const LineChart& chart) {
  const Plot plot(chart.x, chart.y, kLabelRoom);
  Markup lines;
  for (const Series& series : chart.series) {
    if (series.points.empty()) continue;
    const std::string colour = fmt::format("series-{}", series.colour);
    lines.add(
        void_element("path", {{"class", fmt::format("line {}", colour)}, {"d", path_of(plot, series)}}));
    const Point& end = series.points.back();
    if (series.colour == 0) continue;
    lines.add(void_element(
        "circle", {{"class", colour}, {"cx", px(plot.x(end.x))}, {"cy", px(plot.y(end.y))}, {"r", "3"}}));
  }
  lines.add(end_labels(plot, chart.series));
  const std::string hover = chart.hover_unit.empty() ? "" : hover_data(plot, chart);
  return figure(chart.title, plot.svg(chart.title, lines, hover));
}

}  // namespace sonograd::train
