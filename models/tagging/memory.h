// Memory that scoring takes.
#pragma once

#include <cstdint>

#include "models/core/model.h"

namespace sonograd::models {

/// More than the default batch (chunk_scorer.h) of any architecture with its default options takes.
constexpr std::uint64_t kDefaultBatchBytes = std::uint64_t{1} << 30;

/// The largest batch, at most `batch` and at least one chunk, whose way through the network takes about `max_bytes` or less; as
/// measured with a chunk of silence, unless `batch` is 1. A GPU has memory of its own: `batch`. Throws as ChunkBatch::run.
std::int64_t batch_within(const Model& model, std::int64_t batch, std::uint64_t max_bytes);

}  // namespace sonograd::models
