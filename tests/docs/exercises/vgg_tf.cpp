// The poolings of the VGG-like network overlap in its first block: windows of 4 frames and 1 band, every 2 frames and 2 bands.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;

/// Maximum over windows of `frames` x `bands` every `stride` frames and `stride` bands, as far as whole windows fit: (n - window) /
/// stride + 1 positions, rounded down. `map` [frames][bands].
Map max_pool(const Map& map, int frames, int bands, int stride) {
  Map pooled;
  for (int t = 0; t + frames <= std::ssize(map); t += stride) {
    exercise::Sequence row;
    for (int f = 0; f + bands <= std::ssize(map[t]); f += stride) {
      float largest = map[t][f];
      for (int i = t; i < t + frames; ++i) {
        for (int k = f; k < f + bands; ++k) largest = std::max(largest, map[i][k]);
      }
      row.push_back(largest);
    }
    pooled.push_back(row);
  }
  return pooled;
}
