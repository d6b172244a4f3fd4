// Advice for timelines with few points.
#pragma once

#include <string>

#include "models/tagging/chunk_source.h"

namespace sonograd::app {

/// A sentence for a timeline of `seconds` of audio that has few points by `rule`: the longest of the hops 1, 0.5 and 0.1 s that
/// makes enough of them, or that the file is hardly longer than a chunk. Empty when there are enough points, the file fits into
/// one chunk, or the hop is already shorter than those.
std::string timeline_hint(double seconds, const models::ChunkRule& rule);

}  // namespace sonograd::app
