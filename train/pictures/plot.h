// The frame of a chart: scales, ticks and axes in the units of an SVG view box.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "train/pictures/markup.h"

namespace sonograd::train {

struct Axis {
  std::string label;  ///< with the unit
  double low = 0, high = 1;
  std::vector<double> ticks;
  std::function<std::string(double)> format;  ///< of a tick

  /// Covers [low, high] and ends on ticks, about `ticks` of them at 1, 2 or 5 times a power of ten.
  static Axis linear(std::string label, double low, double high, int ticks = 4);
  /// From 0 to 1 in quarters.
  static Axis share(std::string label);
  /// 0 to 100 %, up to at least `high`.
  static Axis percent(std::string label, double high);
};

/// "0.25", "1,200", "3e-05": short, without trailing zeros.
std::string short_number(double value);
/// "0.9618"; "–" for an undefined value.
std::string fixed_number(const std::optional<double>& value, int digits = 4);
/// A coordinate, to a tenth.
std::string px(double coordinate);

class Plot {
 public:
  static constexpr double kWidth = 380, kHeight = 236;
  static constexpr double kTop = 26, kBottom = 40, kLeft = 46;

  /// `right`: room for labels beside the plot.
  Plot(Axis x, Axis y, double right = 14);

  double x(double value) const;
  double y(double value) const;
  double right() const { return kWidth - right_; }

  /// The whole drawing: quiet grid and axes under `content`. `title` is for screen readers; `hover`
  /// is the data that page.js shows (see line_chart.h), or empty.
  Markup svg(std::string_view title, const Markup& content, const std::string& hover = {}) const;

 private:
  Axis x_, y_;
  double right_;
};

/// `content` under its caption, with a place for what the pointer is on.
Markup figure(std::string_view caption, const Markup& content);

}  // namespace sonograd::train
