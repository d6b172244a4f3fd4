// Filters of timbre in the spectrogram network of Pons et al.: nearly as high as the spectrum, and at the height where they fit best.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// The filter `kernel` [taps][height] on `map` [frames][bands], and of each frame the maximum over the bands - height + 1 places
/// where the filter can stand. Output t is the largest, over the places p, of the sum of kernel[k][j] * map[t + k - taps / 2][p + j].
/// The number of taps is odd; frames outside of the map are zero.
Sequence timbral_filter(const Map& map, const Map& kernel) {
  // Your lines replace this one.
  return {};
}
