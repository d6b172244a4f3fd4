// A reserved block of memory for everything that a training or inference step allocates. Pages are touched once
// and reused; equal sequences of requests get equal addresses.
#pragma once

#include <cstddef>
#include <memory>

#include "tensor/device/storage.h"
#include "tensor/support/error.h"

namespace sonograd {

/// A device has less memory left than an allocation requires.
class OutOfMemory : public DeviceError {
 public:
  using DeviceError::DeviceError;
};

/// First-fit allocator over a few large blocks of one device. The address of a request is a pure function of the
/// sequence of requests and releases since the arena was last empty. An arena belongs to one thread; its storages may
/// be released on other threads, but then addresses depend on the order of these releases.
class Arena {
 public:
  /// `block_bytes`: least size of a block; a block is larger when the request that needs it is.
  explicit Arena(Device device = {}, std::size_t block_bytes = std::size_t{64} << 20);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  Device device() const;
  std::size_t used() const;      ///< bytes in use now
  std::size_t peak() const;      ///< most bytes in use at one time
  std::size_t reserved() const;  ///< bytes taken from the device

  /// Contents are undefined. The storage keeps the blocks of the arena alive: it may outlive the arena. Throws OutOfMemory.
  std::shared_ptr<Storage> allocate(std::size_t bytes);

  /// The arena of the innermost ArenaScope of this thread on `device`, or nullptr.
  static Arena* current(Device device);

 private:
  friend class ArenaScope;
  class Blocks;
  std::shared_ptr<Blocks> blocks_;
};

/// While it lives, tensors made on this thread and the arena's device come from the arena. Tensors that must
/// outlive a step (parameters, gradients, optimiser state, running statistics) are allocated outside.
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
