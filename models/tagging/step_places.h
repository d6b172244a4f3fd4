// Where the steps of a network lie in a clip: the equal parts of its chunks, of which each has scores of its own.
#pragma once

#include <cstdint>
#include <vector>

#include "models/core/network.h"
#include "models/tagging/chunk_source.h"

namespace sonograd::models {

/// Steps of a chunk in the output `step_logits` of the network; 0: it has no such output.
std::int64_t steps_of(const Network& network);

/// The same. Throws ModelError when the network has no such output.
std::int64_t require_steps(const Network& network);

/// Steps of a chunk whose scores follow each other over a clip that is cut by this rule; 0: the network has none, or its chunks
/// overlap, so that each chunk is a point of its own.
std::int64_t steps_over_time(const Network& network, const ChunkRule& rule);

/// A step of a clip.
struct StepPlace {
  std::size_t row = 0;   ///< among the steps of all chunks of the clip, in order
  audio::Chunk samples;  ///< in the clip; the last one may reach past its end
};

/// The steps of the chunks of a clip of `samples`, in order of time, each part of the clip in one of them: of chunks that overlap, the
/// steps that end behind the chunk before, the first of them from there on.
std::vector<StepPlace> step_places(const ChunkRule& rule, std::int64_t samples, std::int64_t steps);

}  // namespace sonograd::models
