// Curves with their names at their ends.
#pragma once

#include <string>
#include <vector>

#include "train/pictures/plot.h"

namespace sonograd::train {

struct Point {
  double x = 0, y = 0;
};

struct Series {
  std::string name;
  std::vector<Point> points;  ///< x ascending
  int colour = 1;             ///< 1 to 3: --series-N of page.css; 0: a quiet reference line
  bool steps = false;         ///< y holds back to the previous x
};

struct LineChart {
  std::string title;
  Axis x, y;
  std::vector<Series> series;  ///< those without points are left out
  std::string hover_unit;      ///< unit of x, as in "epoch"; empty: no values under the pointer
};

/// The hover data are a JSON array of [x, text] in view-box units, one for each x that any series has.
Markup draw(const LineChart& chart);

}  // namespace sonograd::train
