#include "models/tagging/memory.h"

#include <algorithm>

#include "autograd/tape.h"
#include "tensor/device/arena.h"

namespace sonograd::models {
namespace {

// Bytes of one chunk: its waveform and the largest amount in use on its way through the network.
std::uint64_t chunk_bytes(const Model& model) {
  constexpr std::size_t kFirstBlock = 1 << 20;
  const std::int64_t samples = model.network().input().samples;
  Arena arena(model.device(), kFirstBlock);
  const NoGrad no_grad;
  const ArenaScope scope(arena);
  const Tensor waveform = Tensor::zeros({1, samples}, DType::f32, model.device());
  model.network().logits(Variable(model.network().features(waveform)));
  return arena.peak() + static_cast<std::uint64_t>(samples) * sizeof(float);
}

}  // namespace

std::int64_t batch_within(const Model& model, std::int64_t batch, std::uint64_t max_bytes) {
  // A GPU has memory of its own. On the host no network takes more for a sample of its input than this: a batch within it needs
  // no measurement.
  constexpr std::uint64_t kBytesOfASample = 1024;
  const auto samples = static_cast<std::uint64_t>(model.network().input().samples);
  if (model.device().kind == DeviceKind::cuda ||
      static_cast<std::uint64_t>(batch) * samples * kBytesOfASample <= max_bytes)
    return batch;
  const auto fitting = static_cast<std::int64_t>(max_bytes / std::max<std::uint64_t>(1, chunk_bytes(model)));
  return std::clamp<std::int64_t>(fitting, 1, batch);
}

}  // namespace sonograd::models
