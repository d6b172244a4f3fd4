// Global temporal pooling: three summaries of every channel, whatever the length of the clip.
#include "docs/architectures/exercises/exercise.h"

/// A row of `steps` is a step in time, a column a channel; at least one of each. The means of the channels, then their maxima, then their
/// L2 norms, the square root of the sum of squares.
exercise::Sequence mean_max_norm(const exercise::Map& steps) {
  const std::size_t channels = steps[0].size();
  exercise::Sequence means(channels), maxima = steps[0], norms(channels);
  for (const exercise::Sequence& step : steps) {
    for (std::size_t c = 0; c < channels; ++c) {
      means[c] += step[c] / static_cast<float>(steps.size());
      maxima[c] = std::max(maxima[c], step[c]);
      norms[c] += step[c] * step[c];
    }
  }
  for (float& norm : norms) norm = std::sqrt(norm);
  means.insert(means.end(), maxima.begin(), maxima.end());
  means.insert(means.end(), norms.begin(), norms.end());
  return means;
}
