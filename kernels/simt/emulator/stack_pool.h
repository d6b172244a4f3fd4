// Stacks of fibers. Making them would take most of the time of an emulated launch, so they are kept.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sonograd::kernels::emulator {

/// Each stack ends at a page that faults. The tops are spread over the sets of the cache (coloured): equally aligned stacks
/// would evict each other at every switch.
class StackPool {
 public:
  StackPool() = default;
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  /// The stack with this number, made on first use. Throws KernelError when there is no memory.
  std::span<std::byte> operator[](std::size_t index);

 private:
  std::vector<std::byte*> mappings_;
};

}  // namespace sonograd::kernels::emulator
