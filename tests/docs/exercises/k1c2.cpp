// One kernel for all bands: a convolution of k1c2 goes along time, and the bands do not meet.
#include "docs/architectures/exercises/exercise.h"

/// A row of `map` is a frame, a column a band. out[t][f] = sum over i of kernel[i] map[t - 1 + i][f]: one zero before the first frame and
/// two behind the last for a kernel of 4, so that the frames stay as many.
exercise::Map along_time(const exercise::Map& map, const exercise::Sequence& kernel) {
  const int frames = static_cast<int>(map.size());
  exercise::Map result(map.size(), exercise::Sequence(map[0].size()));
  for (int t = 0; t < frames; ++t) {
    for (int i = 0; i < static_cast<int>(kernel.size()); ++i) {
      const int from = t - 1 + i;
      if (from < 0 || from >= frames) continue;
      for (std::size_t f = 0; f < map[0].size(); ++f)
        result[static_cast<std::size_t>(t)][f] +=
            kernel[static_cast<std::size_t>(i)] * map[static_cast<std::size_t>(from)][f];
    }
  }
  return result;
}
