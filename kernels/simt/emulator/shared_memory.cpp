#include "kernels/simt/emulator/shared_memory.h"

#include <cstdlib>
#include <new>

#include "kernels/core/grid.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size)
#define ASAN_UNPOISON_MEMORY_REGION(address, size)
#endif

namespace sonograd::kernels::emulator {
namespace {

constexpr std::size_t kGap = 64;
constexpr std::size_t kAlignment = 1024;       // the largest that a tile copy or a matrix descriptor requires
constexpr std::size_t kCapacity = 256 * 1024;  // room for gaps and alignment
constexpr char kDynamic = 0;

}  // namespace

SharedMemory::SharedMemory() : memory_(static_cast<std::byte*>(std::aligned_alloc(kAlignment, kCapacity))) {
  if (!memory_) throw std::bad_alloc();
}

SharedMemory::~SharedMemory() = default;

void SharedMemory::Free::operator()(std::byte* memory) const {
  ASAN_UNPOISON_MEMORY_REGION(memory, kCapacity);
  std::free(memory);
}

void SharedMemory::reset(std::size_t dynamic_bytes, const EmulatorSettings& settings) {
  seed_ = settings.seed;
  limit_ = settings.shared_memory;
  entries_.clear();
  end_ = used_ = static_ = 0;
  ASAN_POISON_MEMORY_REGION(memory_.get(), kCapacity);
  if (dynamic_bytes > 0) add(&kDynamic, dynamic_bytes, kAlignment);
}

void* SharedMemory::find(const void* key, std::size_t bytes, std::size_t alignment) {
  for (const Entry& entry : entries_) {
    if (entry.key == key) return entry.object;
  }
  if (static_ + bytes > kMostStaticBytes) return nullptr;
  void* object = add(key, bytes, alignment);
  if (object != nullptr) static_ += bytes;
  return object;
}

void* SharedMemory::add(const void* key, std::size_t bytes, std::size_t alignment) {
  std::size_t start = end_ == 0 ? 0 : (end_ + kGap + alignment - 1) / alignment * alignment;
  // Aligned exactly as the type requires: code that relies on more fails here, and not only on a GPU.
  if (alignment < kAlignment && start % (2 * alignment) == 0) start += alignment;
  if (used_ + bytes > limit_ || start + bytes > kCapacity) return nullptr;
  used_ += bytes;
  end_ = start + bytes;
  std::byte* object = memory_.get() + start;
  ASAN_UNPOISON_MEMORY_REGION(object, bytes);
  poison({object, bytes}, seed_);
  entries_.push_back({key, object});
  return object;
}

}  // namespace sonograd::kernels::emulator
