#include "kernels/simt/emulator/stack_pool.h"

#include <sys/mman.h>

#include "tensor/support/error.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace sonograd::kernels::emulator {
namespace {

constexpr std::size_t kPage = 4096;
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t kStack = 256 * 1024;  // instrumented frames are several times larger
#else
constexpr std::size_t kStack = 64 * 1024;
#endif
constexpr std::size_t kColours = 32, kColour = 320;  // bytes between tops: not a power of two

}  // namespace

StackPool::~StackPool() {
  for (std::byte* mapping : mappings_) {
#if defined(__SANITIZE_ADDRESS__)
    __asan_unpoison_memory_region(mapping, kPage + kStack);
#endif
    munmap(mapping, kPage + kStack);
  }
}

std::span<std::byte> StackPool::operator[](std::size_t index) {
  while (mappings_.size() <= index) {
    void* mapping = mmap(nullptr, kPage + kStack, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (mapping == MAP_FAILED || mprotect(mapping, kPage, PROT_NONE) != 0) {
      throw KernelError(concat("[emulated] no memory for the stacks of ", index + 1, " threads"));
    }
    mappings_.push_back(static_cast<std::byte*>(mapping));
  }
  return {mappings_[index] + kPage, kStack - index % kColours * kColour};
}

}  // namespace sonograd::kernels::emulator
