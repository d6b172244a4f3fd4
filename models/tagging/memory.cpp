#include "models/tagging/memory.h"

#include <algorithm>
#include <vector>

#include "models/tagging/chunk_batch.h"

namespace sonograd::models {
namespace {

// Bytes of one chunk: its samples before they go to the network, and the largest amount in use on its way through it, by the
// kernels that score it.
std::uint64_t chunk_bytes(const Model& model) {
  const std::vector<float> silence(static_cast<std::size_t>(model.network().input().samples));
  ChunkBatch chunk(model.network(), model.device(), 1);
  chunk.add(silence);
  chunk.run(kLogits);
  return chunk.peak_bytes() + silence.size() * sizeof(float);
}

}  // namespace

std::int64_t batch_within(const Model& model, std::int64_t batch, std::uint64_t max_bytes) {
  const bool has_memory_of_its_own = model.device().kind == DeviceKind::cuda;
  if (has_memory_of_its_own || batch <= 1) return batch;
  const auto fitting = static_cast<std::int64_t>(max_bytes / chunk_bytes(model));
  return std::clamp<std::int64_t>(fitting, 1, batch);
}

}  // namespace sonograd::models
