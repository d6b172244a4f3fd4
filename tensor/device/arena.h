// A reserved block of memory for everything a training or inference step allocates. Pages are touched once
// and reused ever after; equal request sequences get equal addresses.
#pragma once

#include <cstddef>
#include <memory>

#include "tensor/device/storage.h"
#include "tensor/support/error.h"

namespace sonograd {

/// A device has less memory left than was asked for.
class OutOfMemory : public DeviceError {
 public:
  using DeviceError::DeviceError;
};

/// First-fit allocator over a few large blocks of one device. Where a request lands is a pure function of the
/// sequence of requests and releases since the arena was last empty. One arena per thread: only its
/// storages may be let go of elsewhere, at the price of that purity.
class Arena {
 public:
  /// `block_bytes`: the size of the first block; later ones are as large as what did not fit.
  explicit Arena(Device device = {}, std::size_t block_bytes = std::size_t{64} << 20);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  Device device() const;
  std::size_t used() const;      ///< bytes handed out now
  std::size_t peak() const;      ///< most bytes handed out at one time
  std::size_t reserved() const;  ///< bytes taken from the device

  /// The storage keeps the arena's blocks alive, so letting the arena go first is safe.
  std::shared_ptr<Storage> allocate(std::size_t bytes);

  /// The arena of the innermost ArenaScope of this thread on `device`, or nullptr.
  static Arena* current(Device device);

 private:
  friend class ArenaScope;
  class Blocks;
  std::shared_ptr<Blocks> blocks_;
};

/// While it lives, tensors made on this thread and the arena's device come from the arena. What must outlive
/// a step (parameters, gradients, optimiser state, running statistics) is allocated outside.
class ArenaScope {
 public:
  explicit ArenaScope(Arena& arena);
  ~ArenaScope();
  ArenaScope(const ArenaScope&) = delete;
  ArenaScope& operator=(const ArenaScope&) = delete;

 private:
  Arena* previous_;
};

/// While it lives, tensors made on this thread do not come from an arena.
class NoArenaScope {
 public:
  NoArenaScope();
  ~NoArenaScope();
  NoArenaScope(const NoArenaScope&) = delete;
  NoArenaScope& operator=(const NoArenaScope&) = delete;

 private:
  Arena* previous_;
};

}  // namespace sonograd
