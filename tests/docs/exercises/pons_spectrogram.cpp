// Filters of timbre in the spectrogram network of Pons et al.: nearly as high as the spectrum, and at the height where they fit best.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// The filter `kernel` [taps][height] on `map` [frames][bands], and of each frame the maximum over the bands - height + 1 places
/// where the filter can stand. Output t is the largest, over the places p, of the sum of kernel[k][j] * map[t + k - taps / 2][p + j].
/// The number of taps is odd; frames outside of the map are zero.
Sequence timbral_filter(const Map& map, const Map& kernel) {
  Sequence y;
  const int taps = static_cast<int>(kernel.size()), height = static_cast<int>(kernel.front().size());
  for (int t = 0; t < std::ssize(map); ++t) {
    Sequence places;
    for (int place = 0; place + height <= std::ssize(map[t]); ++place) {
      float sum = 0;
      for (int k = 0; k < taps; ++k) {
        const int at = t + k - taps / 2;
        if (at < 0 || at >= std::ssize(map)) continue;
        for (int j = 0; j < height; ++j) sum += kernel[k][j] * map[at][place + j];
      }
      places.push_back(sum);
    }
    y.push_back(*std::max_element(places.begin(), places.end()));
  }
  return y;
}
