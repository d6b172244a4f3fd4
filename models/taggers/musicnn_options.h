// Options of the two musicnn networks: that of the musicnn library and its port to PyTorch.
#pragma once

#include <algorithm>

#include "models/core/option_list.h"

namespace sonograd::models {

/// Published sizes: 64 channels and 200 units, or 512 and 500; both with 51 filters.
template <class Front>
struct MusicnnOptions {
  Front front;
  std::int64_t channels = 64;
  std::int64_t filters = 0, units = 0;  ///< 0: in proportion to the channels
  double dropout = 0.5;

  void list(OptionList& all) {
    all.add("channels", channels, {1, 4096},
            "width of the convolutions over time; the others keep their proportion unless they are given");
    all.add("filters", filters, {0, 1024},
            "filters of each length over time, a quarter of those of each height; 0: 51 for 64 channels");
    all.add("units", units, {0, 8192}, "width of the vector before the output layer; 0: 200 for 64 channels");
    front.list(all);
    all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
  }

  std::int64_t filter_count() const { return filters > 0 ? filters : proportion(51); }
  std::int64_t unit_count() const { return units > 0 ? units : proportion(200); }

  /// Sizes from the tensors of a file; those in proportion stay 0.
  void set_sizes(std::int64_t in_channels, std::int64_t in_filters, std::int64_t in_units) {
    channels = in_channels;
    filters = in_filters == proportion(51) ? 0 : in_filters;
    units = in_units == proportion(200) ? 0 : in_units;
  }

 private:
  std::int64_t proportion(std::int64_t of_64) const {
    return std::max<std::int64_t>(1, of_64 * channels / 64);
  }
};

}  // namespace sonograd::models
