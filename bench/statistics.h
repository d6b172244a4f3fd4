// Statistics of repeated timings.
#pragma once

#include <algorithm>
#include <vector>

namespace sonograd::bench {

/// Median of at least one value: the mean of the middle two when their number is even.
inline double median(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// (largest - smallest) / median of at least one positive value.
inline double spread(const std::vector<double>& values) {
  const auto [least, most] = std::ranges::minmax(values);
  return (most - least) / median(values);
}

}  // namespace sonograd::bench
