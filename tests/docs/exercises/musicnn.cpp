// Filters over time in MusiCNN (its port to PyTorch): they see how loud the music is, whatever its pitch.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// The mean over the bands of each frame, and then the filter along time. `map` [frames][bands]; `kernel` has an odd number of
/// taps. Output t is the sum of kernel[k] * mean[t + k - taps / 2]; frames outside of the map are zero.
Sequence temporal_filter(const Map& map, const Sequence& kernel) {
  Sequence means;
  for (const Sequence& frame : map)
    means.push_back(std::accumulate(frame.begin(), frame.end(), 0.0f) / static_cast<float>(frame.size()));
  Sequence y(means.size(), 0);
  const int taps = static_cast<int>(kernel.size());
  for (int t = 0; t < std::ssize(means); ++t) {
    for (int k = 0; k < taps; ++k) {
      const int at = t + k - taps / 2;
      if (at >= 0 && at < std::ssize(means)) y[t] += kernel[k] * means[at];
    }
  }
  return y;
}
