// Histograms: of one group upwards, or of two groups back to back.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "train/pictures/plot.h"

namespace sonograd::train::report {

/// Counts of `values` in `bins` equal bins of [low, high]; values outside count in the nearest.
std::vector<double> histogram(std::span<const double> values, double low, double high, std::size_t bins);

struct BarGroup {
  std::string name;
  std::vector<double> heights;  ///< of bins that divide the x axis evenly
};

struct BarChart {
  std::string title;
  Axis x;
  std::string y_label;
  bool in_percent = false;  ///< heights are shares
  BarGroup up, down;        ///< `down` may be empty; otherwise it hangs below the zero line
};

Markup draw(const BarChart& chart);

}  // namespace sonograd::train::report
