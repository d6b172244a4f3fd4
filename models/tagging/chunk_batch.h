// Chunks that go through a network together, in memory that every batch uses again.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "models/core/model.h"
#include "tensor/device/arena.h"
#include "tensor/uploader.h"

namespace sonograd::models {

/// One batch and the memory of its forward pass; for one thread at a time.
class ChunkBatch {
 public:
  /// `network` must outlive the batch, stay on `device` and in evaluation mode. `most` >= 1 chunks.
  ChunkBatch(const Network& network, Device device, std::int64_t most);

  std::size_t size() const { return samples_.size() / length_; }
  bool is_full() const { return size() == most_; }
  /// `samples`: exactly the chunk length of the network, else ShapeError. The batch must not be full.
  void add(std::span<const float> samples);
  void clear() { samples_.clear(); }
  /// Passes the chunks, at least one, through the network and empties the batch. Returns output `name`, [size, …], on the host,
  /// valid until the next run. Throws ConfigError when the network has no such output, ModelError when it cannot take chunks of
  /// its length.
  Tensor run(std::string_view name);
  /// The same for two outputs of one pass.
  std::array<Tensor, 2> run(std::string_view first, std::string_view second);
  /// Most bytes that the chunks of a run have taken at one time on their way through the network.
  std::size_t peak_bytes() const { return arena_.peak(); }

 private:
  template <std::size_t count>
  std::array<Tensor, count> run_all(const std::array<std::string_view, count>& names);

  const Network& network_;
  std::size_t most_, length_;  ///< chunks, samples of a chunk
  Arena arena_;
  Uploader uploader_;
  std::vector<float>
      samples_;  ///< [size, length]: memory for the chunks that came, not for the most that may
};

/// The batches of one model: as many as calls have run at one time. Threads may share it.
class ChunkBatchPool {
 public:
  ChunkBatchPool(std::shared_ptr<const Model> model, std::int64_t most)
      : model_(std::move(model)), most_(most) {}

  /// An empty batch, which returns to the pool with the end of the pointer. The pool must outlive it.
  std::shared_ptr<ChunkBatch> take();
  /// Number of batches that are not in use.
  std::size_t idle() const;
  /// Number of batches that have been made.
  std::size_t made() const;

 private:
  std::unique_ptr<ChunkBatch> take_idle();
  void give_back(std::unique_ptr<ChunkBatch> batch);

  std::shared_ptr<const Model> model_;
  std::int64_t most_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<ChunkBatch>> idle_;  ///< has room for all that have been made
  std::size_t made_ = 0;
};

}  // namespace sonograd::models
