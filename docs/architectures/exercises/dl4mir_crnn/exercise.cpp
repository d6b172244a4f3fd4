// From a map to a sequence: a step for each frame, and the order that dl4mir_crnn has in fact.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using Frames = std::vector<Map>;  ///< for each frame a map [bands][channels]

/// A step, a row of the result, for each frame: the channels of its first band, then those of the second, and so on.
Map frame_after_frame(const Frames& frames) {
  // Your lines replace this one.
  return {};
}

/// The sequence of dl4mir_crnn: a step for each frame of the first band, its channels, then a step for each frame of the second band,
/// and so on.
Map band_after_band(const Frames& frames) {
  // Your lines replace this one.
  return {};
}
