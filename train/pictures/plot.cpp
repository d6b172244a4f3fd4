#include "train/pictures/plot.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace sonograd::train {
namespace {

/// The smallest 1, 2 or 5 times a power of ten that is at least `least`.
double nice_step(double least) {
  const double decade = std::pow(10.0, std::floor(std::log10(least)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * decade >= least * (1 - 1e-9)) return factor * decade;
  }
  return 10 * decade;
}

Markup label_of(double x, double y, std::string_view anchor, const std::string& text) {
  return element("text", {{"x", px(x)}, {"y", px(y)}, {"text-anchor", std::string(anchor)}}, text);
}

}  // namespace

std::string short_number(double value) {
  if (std::abs(value) >= 1000 && value == std::floor(value) && std::abs(value) < 1e15) {
    std::string digits = fmt::format("{:.0f}", value);
    for (auto i = std::ssize(digits) - 3; i > (value < 0 ? 1 : 0); i -= 3) {
      digits.insert(static_cast<std::size_t>(i), 1, ',');
    }
    return digits;
  }
  return fmt::format("{:.4g}", value);
}

std::string fixed_number(const std::optional<double>& value, int digits) {
  return value ? fmt::format("{:.{}f}", *value, digits) : "–";
}

std::string px(double coordinate) {
  const double tenths = std::round(coordinate * 10) / 10;
  return fmt::format("{:g}", tenths == 0 ? 0 : tenths);
}

Axis Axis::linear(std::string label, double low, double high, int ticks) {
  if (!(high > low)) high = low + std::max(1e-3, std::abs(low) * 0.1);
  const double step = nice_step((high - low) / ticks);
  Axis axis{.label = std::move(label), .ticks = {}, .format = short_number};
  const auto first = std::lround(std::floor(low / step + 1e-6)),
             last = std::lround(std::ceil(high / step - 1e-6));
  for (long i = first; i <= last; ++i) axis.ticks.push_back(static_cast<double>(i) * step);
  axis.low = axis.ticks.front();
  axis.high = axis.ticks.back();
  return axis;
}

Axis Axis::share(std::string label) {
  return {.label = std::move(label),
          .low = 0,
          .high = 1,
          .ticks = {0, 0.25, 0.5, 0.75, 1},
          .format = short_number};
}

Axis Axis::percent(std::string label, double high) {
  Axis axis = linear(std::move(label), 0, high);
  axis.format = [](double value) { return fmt::format("{} %", short_number(100 * value)); };
  return axis;
}

Plot::Plot(Axis x, Axis y, double right) : x_(std::move(x)), y_(std::move(y)), right_(right) {}

double Plot::x(double value) const {
  return kLeft + (value - x_.low) / (x_.high - x_.low) * (right() - kLeft);
}

double Plot::y(double value) const {
  return kHeight - kBottom - (value - y_.low) / (y_.high - y_.low) * (kHeight - kBottom - kTop);
}

Markup Plot::svg(std::string_view title, const Markup& content, const std::string& hover) const {
  std::string grid;
  Markup labels;
  for (const double tick : y_.ticks) {
    grid += fmt::format("M{} {}H{}", px(kLeft), px(y(tick)), px(right()));
    labels.add(label_of(kLeft - 6, y(tick) + 4, "end", y_.format(tick)));
  }
  for (const double tick : x_.ticks) {
    if (tick < x_.low || tick > x_.high) continue;
    grid += fmt::format("M{} {}v4", px(x(tick)), px(kHeight - kBottom));
    labels.add(label_of(x(tick), kHeight - kBottom + 17, "middle", x_.format(tick)));
  }
  labels.add(label_of((kLeft + right()) / 2, kHeight - 6, "middle", x_.label));
  labels.add(label_of(2, 12, "start", y_.label));
  const std::string box = fmt::format("0 0 {} {}", kWidth, kHeight);
  const Markup inner = join(element("title", {}, title), element("path", {{"class", "grid"}, {"d", grid}}),
                            element("g", {{"class", "axis"}}, labels), content);
  if (hover.empty()) return element("svg", {{"viewBox", box}, {"role", "img"}}, inner);
  const Markup rule =
      void_element("line", {{"class", "rule"}, {"y1", px(kTop)}, {"y2", px(kHeight - kBottom)}});
  return element("svg", {{"viewBox", box}, {"role", "img"}, {"tabindex", "0"}, {"data-hover", hover}}, inner,
                 rule);
}

Markup figure(std::string_view caption, const Markup& content) {
  return element("figure", {}, element("figcaption", {}, element("b", {}, caption), element("output", {})),
                 content);
}

}  // namespace sonograd::train
