// Filters over time in the musicnn library: an even number of taps along every band, then the band that answers most.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// The filter along time in each band, and then the maximum over the bands. `map` [frames][bands]. Output t of a band is the sum
/// of kernel[k] * x[t + k - before] with before = (taps - 1) / 2, rounded down: TensorFlow's padding "SAME", which puts one more
/// zero behind an even kernel than before it. Frames outside of the map are zero.
Sequence temporal_filter(const Map& map, const Sequence& kernel) {
  // Your lines replace this one.
  return {};
}
