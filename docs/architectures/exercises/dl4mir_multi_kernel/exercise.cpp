// Kernels of three shapes side by side: a convolution that keeps the extents of the map, for kernels of any extents.
#include "docs/architectures/exercises/exercise.h"

/// out[t][f] = sum over i, k of kernel[i][k] map[t - before + i][f - low + k], zero outside of the map, for each position of the map. A
/// kernel of n frames has `before` = (n - 1) / 2 of them before its position, rounded down, so that one of an even number has one more
/// behind; `low` is the same number for bands. Rows are frames, columns bands.
exercise::Map same_convolution(const exercise::Map& map, const exercise::Map& kernel) {
  // Your lines replace this one.
  return {};
}
