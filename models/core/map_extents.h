// Extents of the maps between a front end and a back end.
#pragma once

#include <cstdint>

namespace sonograd::models {

/// The map of one chunk.
struct MapExtents {
  std::int64_t frames = 0, bands = 0, channels = 0;
};

}  // namespace sonograd::models
