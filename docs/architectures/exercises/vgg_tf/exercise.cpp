// The poolings of the VGG-like network overlap in its first block: windows of 4 frames and 1 band, every 2 frames and 2 bands.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;

/// Maximum over windows of `frames` x `bands` every `stride` frames and `stride` bands, as far as whole windows fit: (n - window) /
/// stride + 1 positions, rounded down. `map` [frames][bands].
Map max_pool(const Map& map, int frames, int bands, int stride) {
  // Your lines replace this one.
  return {};
}
