// Two norms of one map: a scale for every band, as in the code of music_tagger_cnn, or for every frame, as in its weights.
#include "docs/architectures/exercises/exercise.h"

/// A row of `map` is a frame, a column a band; at least one of each. The map with every band shifted and scaled to mean 0 and variance 1
/// over the frames; the deviation is the square root of the mean of the squares plus 0.001.
exercise::Map normalise_bands(const exercise::Map& map) {
  exercise::Map result = map;
  const auto frames = static_cast<float>(map.size());
  for (std::size_t band = 0; band < map[0].size(); ++band) {
    float mean = 0, square = 0;
    for (const auto& frame : map) mean += frame[band] / frames;
    for (const auto& frame : map) square += (frame[band] - mean) * (frame[band] - mean) / frames;
    for (auto& frame : result) frame[band] = (frame[band] - mean) / std::sqrt(square + 0.001f);
  }
  return result;
}

/// The same with every frame over its bands. The axes of a map may be exchanged.
exercise::Map normalise_frames(const exercise::Map& map) {
  const auto exchanged = [](const exercise::Map& axes) {
    exercise::Map other(axes[0].size(), exercise::Sequence(axes.size()));
    for (std::size_t i = 0; i < axes.size(); ++i) {
      for (std::size_t j = 0; j < axes[i].size(); ++j) other[j][i] = axes[i][j];
    }
    return other;
  };
  return exchanged(normalise_bands(exchanged(map)));
}
