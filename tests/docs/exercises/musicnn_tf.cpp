// Filters over time in the musicnn library: an even number of taps along every band, then the band that answers most.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// The filter along time in each band, and then the maximum over the bands. `map` [frames][bands]. Output t of a band is the sum
/// of kernel[k] * x[t + k - before] with before = (taps - 1) / 2, rounded down: TensorFlow's padding "SAME", which puts one more
/// zero behind an even kernel than before it. Frames outside of the map are zero.
Sequence temporal_filter(const Map& map, const Sequence& kernel) {
  Sequence y;
  const int taps = static_cast<int>(kernel.size()), before = (taps - 1) / 2;
  for (int t = 0; t < std::ssize(map); ++t) {
    Sequence bands(map[t].size(), 0);
    for (int k = 0; k < taps; ++k) {
      const int at = t + k - before;
      if (at < 0 || at >= std::ssize(map)) continue;
      for (std::size_t band = 0; band < bands.size(); ++band) bands[band] += kernel[k] * map[at][band];
    }
    y.push_back(*std::max_element(bands.begin(), bands.end()));
  }
  return y;
}
