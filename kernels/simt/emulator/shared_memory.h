// The shared memory of one emulated block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tensor/device/emulated.h"

namespace sonograd::kernels::emulator {

/// Objects are found by a key that stands for their type. Each is poisoned when the block first asks for it,
/// and AddressSanitizer knows the gaps between them.
class SharedMemory {
 public:
  SharedMemory();
  ~SharedMemory();
  SharedMemory(SharedMemory&&) = default;

  /// Forgets all objects; `dynamic_bytes` of dynamic shared memory are there at once.
  void reset(std::size_t dynamic_bytes, const EmulatorSettings& settings);
  /// Bytes that static objects and dynamic shared memory may have together.
  std::size_t limit() const { return limit_; }
  /// nullptr when the block would have more than `limit()`.
  void* find(const void* key, std::size_t bytes, std::size_t alignment);
  /// Where the block's addresses count from, and where its dynamic shared memory is.
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
  std::size_t end_ = 0;   // of the last object, in bytes
  std::size_t used_ = 0;  // without gaps
  std::size_t limit_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace sonograd::kernels::emulator
