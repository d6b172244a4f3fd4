// The shared memory of one emulated block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tensor/device/emulated.h"

namespace sonograd::kernels::emulator {

/// Objects are found by a key that identifies their type. Each is filled with poison when the block first uses it, and
/// AddressSanitizer detects accesses to the gaps between them.
class SharedMemory {
 public:
  SharedMemory();
  ~SharedMemory();
  SharedMemory(SharedMemory&&) = default;

  /// Removes all objects and adds `dynamic_bytes` of dynamic shared memory.
  void reset(std::size_t dynamic_bytes, const EmulatorSettings& settings);
  /// Most bytes of static objects and dynamic shared memory together.
  std::size_t limit() const { return limit_; }
  /// Bytes of the static objects so far.
  std::size_t static_bytes() const { return static_; }
  /// The object of `key`, added on first use; nullptr when the block would have more than `limit()` bytes, or static objects
  /// of more than `kMostStaticBytes`.
  void* find(const void* key, std::size_t bytes, std::size_t alignment);
  /// Base of the addresses of the block; its dynamic shared memory begins there.
  std::byte* base() const { return memory_.get(); }

 private:
  void* add(const void* key, std::size_t bytes, std::size_t alignment);

  struct Entry {
    const void* key;
    void* object;
  };
  struct Free {
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte, Free> memory_;
  std::vector<Entry> entries_;
  std::size_t end_ = 0;     // end of the last object, in bytes
  std::size_t used_ = 0;    // bytes without gaps
  std::size_t static_ = 0;  // bytes of static objects
  std::size_t limit_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace sonograd::kernels::emulator
