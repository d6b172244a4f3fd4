#include "models/tagging/chunk_batch.h"

#include <algorithm>
#include <utility>

#include "autograd/tape.h"
#include "kernels/core/context.h"
#include "kernels/core/profile.h"
#include "models/core/model_error.h"

namespace sonograd::models {

ChunkBatch::ChunkBatch(const Network& network, Device device, std::int64_t most)
    : network_(network),
      most_(static_cast<std::size_t>(most)),
      length_(static_cast<std::size_t>(network.input().samples)),
      arena_(device),
      uploader_(device) {}

void ChunkBatch::add(std::span<const float> samples) {
  if (samples.size() != length_) {
    throw ShapeError(concat("[scorer] expected a chunk of ", length_, " samples, got ", samples.size()));
  }
  samples_.insert(samples_.end(), samples.begin(), samples.end());
}

Tensor ChunkBatch::run(std::string_view name) {
  return run_all<1>({name})[0];
}

std::array<Tensor, 2> ChunkBatch::run(std::string_view first, std::string_view second) {
  return run_all<2>({first, second});
}

template <std::size_t count>
std::array<Tensor, count> ChunkBatch::run_all(const std::array<std::string_view, count>& names) try {
  const auto chunks = static_cast<std::int64_t>(size());
  const NoGrad no_grad;
  const kernels::BatchInvariantScope alone;
  const ArenaScope scope(arena_);
  const Tensor waveforms = uploader_.upload(samples_, {chunks, static_cast<std::int64_t>(length_)});
  clear();
  const Tensor features = kernels::in_phase("front end", [&] { return network_.features(waveforms); });
  return kernels::in_phase("forward", [&] {
    Outputs outputs(names);
    network_.forward(Variable(features), outputs);
    std::array<Tensor, count> values;
    std::ranges::transform(names, values.begin(), [&](std::string_view name) {
      return outputs[name].data().to(Device{}).to(DType::f32);
    });
    return values;
  });
} catch (const ShapeError& error) {
  throw ModelError(concat("the network cannot take its chunks of ", length_, " samples: ", error.what()));
}

std::shared_ptr<ChunkBatch> ChunkBatchPool::take() {
  std::unique_ptr<ChunkBatch> batch = take_idle();
  if (batch == nullptr) {
    batch = std::make_unique<ChunkBatch>(model_->network(), model_->device(), most_);
    const std::lock_guard lock(mutex_);
    idle_.reserve(++made_);
  }
  return {batch.release(), [this](ChunkBatch* used) { give_back(std::unique_ptr<ChunkBatch>(used)); }};
}

std::size_t ChunkBatchPool::idle() const {
  const std::lock_guard lock(mutex_);
  return idle_.size();
}

std::size_t ChunkBatchPool::made() const {
  const std::lock_guard lock(mutex_);
  return made_;
}

std::unique_ptr<ChunkBatch> ChunkBatchPool::take_idle() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return nullptr;
  std::unique_ptr<ChunkBatch> batch = std::move(idle_.back());
  idle_.pop_back();
  return batch;
}

void ChunkBatchPool::give_back(std::unique_ptr<ChunkBatch> batch) {
  batch->clear();  // chunks of a sound that failed half-way
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(batch));
}

}  // namespace sonograd::models
