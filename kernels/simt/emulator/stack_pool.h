// Stacks of fibers. Making them is most of what an emulated launch could cost, so they are kept.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sonograd::kernels::emulator {

/// Each stack ends at a page that faults. Their tops are spread over the sets of the cache ("coloured"):
/// equally aligned stacks would evict one another at every switch.
class StackPool {
 public:
  StackPool() = default;
  ~StackPool();
  StackPool(const StackPool&) = delete;
  StackPool& operator=(const StackPool&) = delete;

  /// The stack of this number, made when it is first asked for. Throws KernelError when there is no memory.
  std::span<std::byte> operator[](std::size_t index);

 private:
  std::vector<std::byte*> mappings_;
};

}  // namespace sonograd::kernels::emulator
