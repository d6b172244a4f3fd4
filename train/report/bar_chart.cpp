#include "train/report/bar_chart.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sonograd::train::report {
namespace {

constexpr double kGap = 1;

Axis height_axis(const BarChart& chart) {
  const auto highest = [](const BarGroup& group) {
    return group.heights.empty() ? 0.0 : std::ranges::max(group.heights);
  };
  const double up = highest(chart.up), down = highest(chart.down);
  const double least = chart.in_percent ? 0.01 : 1;
  Axis axis = Axis::linear(chart.y_label, chart.down.heights.empty() ? 0 : -std::max(down, least),
                           std::max(up, least), 4);
  axis.format = [in_percent = chart.in_percent](double tick) {
    const double height = std::abs(tick);
    return in_percent ? fmt::format("{} %", short_number(100 * height)) : short_number(height);
  };
  return axis;
}

Markup bars(const Plot& plot, const Axis& x, const BarGroup& group, double sign, std::string_view colour) {
  std::string path;
  const double width = (x.high - x.low) / static_cast<double>(group.heights.size());
  for (std::size_t bin = 0; bin < group.heights.size(); ++bin) {
    if (group.heights[bin] == 0) continue;
    const double left = plot.x(x.low + width * static_cast<double>(bin)) + kGap / 2;
    const double right = plot.x(x.low + width * static_cast<double>(bin + 1)) - kGap / 2;
    // A bin that holds anything can be seen.
    const double rise = std::max(1.0, plot.y(0) - plot.y(group.heights[bin])) * sign;
    path += fmt::format("M{} {}V{}H{}V{}Z", px(left), px(plot.y(0)), px(plot.y(0) - rise), px(right),
                        px(plot.y(0)));
  }
  return void_element("path", {{"class", fmt::format("bar {}", colour)}, {"d", path}});
}

/// At the right end of the line above or below the plot, where no bar can be.
Markup name_of(const BarGroup& group, double y, std::string_view colour) {
  return element("text",
                 {{"class", fmt::format("name {}", colour)},
                  {"x", px(Plot::kWidth - 14)},
                  {"y", px(y)},
                  {"text-anchor", "end"}},
                 group.name);
}

}  // namespace

std::vector<double> histogram(std::span<const double> values, double low, double high, std::size_t bins) {
  std::vector<double> counts(bins);
  for (const double value : values) {
    const double position = (value - low) / (high - low) * static_cast<double>(bins);
    counts[static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(bins - 1)))] += 1;
  }
  return counts;
}

Markup draw(const BarChart& chart) {
  const Plot plot(chart.x, height_axis(chart));
  Markup content = bars(plot, chart.x, chart.up, 1, "series-1");
  if (!chart.down.heights.empty()) {
    content.add(bars(plot, chart.x, chart.down, -1, "series-2"));
    content.add(name_of(chart.up, 12, "series-1"));
    content.add(name_of(chart.down, Plot::kHeight - 6, "series-2"));
  }
  content.add(void_element(
      "path", {{"class", "zero"},
               {"d", fmt::format("M{} {}H{}", px(Plot::kLeft), px(plot.y(0)), px(plot.right()))}}));
  return figure(chart.title, plot.svg(chart.title, content));
}

}  // namespace sonograd::train::report
