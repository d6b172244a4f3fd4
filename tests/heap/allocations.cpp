#include "tests/heap/allocations.h"

#include <cstdlib>
#include <dlfcn.h>
#include <new>
#include <string_view>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

thread_local bool counting = false;
thread_local int allocations = 0;

bool is_onednn(const void* caller) {
  Dl_info info;
  return dladdr(caller, &info) != 0 &&
         std::string_view(info.dli_fname).find("libdnnl") != std::string_view::npos;
}

void count(const void* caller) {
  if (counting && !is_onednn(caller)) ++allocations;
}

void* count_and_allocate(std::size_t bytes, const void* caller) {
  count(caller);
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t bytes) {
  return count_and_allocate(bytes, __builtin_return_address(0));
}
void* operator new[](std::size_t bytes) {
  return count_and_allocate(bytes, __builtin_return_address(0));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

// Sources of the memory of tensors. Sanitizers replace them.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* aligned_alloc(std::size_t alignment, std::size_t bytes) noexcept {
  count(__builtin_return_address(0));
  void* memory = nullptr;
  return posix_memalign(&memory, alignment, bytes) == 0 ? memory : nullptr;
}
void* mmap(void* address, std::size_t bytes, int protection, int flags, int file, off_t offset) noexcept {
  count(__builtin_return_address(0));
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, bytes, protection, flags, file, offset));
}
#endif

namespace sonograd::test {

int allocations_of(const std::function<void()>& body) {
  allocations = 0;
  counting = true;
  body();
  counting = false;
  return allocations;
}

}  // namespace sonograd::test
