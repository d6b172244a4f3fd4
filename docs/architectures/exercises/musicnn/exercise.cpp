// Filters over time in MusiCNN (its port to PyTorch): they see how loud the music is, whatever its pitch.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// The mean over the bands of each frame, and then the filter along time. `map` [frames][bands]; `kernel` has an odd number of
/// taps. Output t is the sum of kernel[k] * mean[t + k - taps / 2]; frames outside of the map are zero.
Sequence temporal_filter(const Map& map, const Sequence& kernel) {
  // Your lines replace this one.
  return {};
}
