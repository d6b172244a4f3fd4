// Features of all layers of compact_cnn: the mean of every channel of every map, side by side.
#include "docs/architectures/exercises/exercise.h"

using Layer = std::vector<exercise::Map>;  ///< a map for each channel

/// The means of the channels of the first layer, then those of the second, and so on. Maps have at least one value.
exercise::Sequence every_layer(const std::vector<Layer>& layers) {
  exercise::Sequence means;
  for (const Layer& layer : layers) {
    for (const exercise::Map& map : layer) {
      float sum = 0;
      for (const auto& frame : map) sum += std::accumulate(frame.begin(), frame.end(), 0.0f);
      means.push_back(sum / static_cast<float>(map.size() * map[0].size()));
    }
  }
  return means;
}
