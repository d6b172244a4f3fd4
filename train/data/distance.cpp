#include "train/data/distance.h"

#include <cmath>

namespace sonograd::train {

double distance_of(std::span<const float> a, std::span<const float> b, TripletDistance distance) {
  double product = 0, square_a = 0, square_b = 0, square = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i];
    product += x * y;
    square_a += x * x;
    square_b += y * y;
    square += (x - y) * (x - y);
  }
  if (distance == TripletDistance::euclidean) return std::sqrt(square);
  const double lengths = std::sqrt(square_a * square_b);
  return lengths > 0 ? 1 - product / lengths : 1;
}

}  // namespace sonograd::train
