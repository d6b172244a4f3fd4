// Any front end before any back end: a pooling cannot be larger than the map that a front end leaves for it.
#include "docs/architectures/exercises/exercise.h"

struct Extent {
  int frames = 0, bands = 0;
};

/// Extents of the map behind each of the poolings, which divide frames and bands by their own extents, rounded down. A pooling that
/// is longer or higher than the map becomes as long or as high as it is, so that one position is left at least.
std::vector<Extent> extents_behind(Extent map, const std::vector<Extent>& pools) {
  // Your lines replace this one.
  return {};
}
