// Kernels of three shapes side by side: a convolution that keeps the extents of the map, for kernels of any extents.
#include "docs/architectures/exercises/exercise.h"

/// out[t][f] = sum over i, k of kernel[i][k] map[t - before + i][f - low + k], zero outside of the map, for each position of the map. A
/// kernel of n frames has `before` = (n - 1) / 2 of them before its position, rounded down, so that one of an even number has one more
/// behind; `low` is the same number for bands. Rows are frames, columns bands.
exercise::Map same_convolution(const exercise::Map& map, const exercise::Map& kernel) {
  const int frames = static_cast<int>(map.size()), bands = static_cast<int>(map[0].size());
  const int kernel_frames = static_cast<int>(kernel.size()),
            kernel_bands = static_cast<int>(kernel[0].size());
  exercise::Map out(map.size(), exercise::Sequence(map[0].size()));
  for (int t = 0; t < frames; ++t) {
    for (int f = 0; f < bands; ++f) {
      for (int i = 0; i < kernel_frames; ++i) {
        for (int k = 0; k < kernel_bands; ++k) {
          const int from = t - (kernel_frames - 1) / 2 + i, band = f - (kernel_bands - 1) / 2 + k;
          if (from >= 0 && from < frames && band >= 0 && band < bands)
            out[t][f] += kernel[i][k] * map[from][band];
        }
      }
    }
  }
  return out;
}
