// Functions that compiled code calls before each access to memory (-fsanitize=thread), for each atomic operation, and for an
// index outside of its array (-fsanitize=bounds). Kernels are compiled for these sanitizers, but not linked with them.
#include <cstdint>
#include <cstring>

#include "tensor/support/error.h"
#include "tests/traced/tracer.h"

namespace {

using sonograd::traced::Tracer;

inline void trace(const void* address, std::size_t size, bool writes, const void* site) {
  if (Tracer* tracer = Tracer::current()) tracer->access(address, size, writes, site);
}

inline void trace_atomic(const volatile void* word) {
  if (Tracer* tracer = Tracer::current()) tracer->atomic(const_cast<const void*>(word));
}

// The layout that -fsanitize=bounds passes.
struct SourceLocation {
  const char* file;
  std::uint32_t line, column;
};

}  // namespace

// NOLINTBEGIN(bugprone-reserved-identifier): the names are the compiler's
extern "C" {

void __tsan_init() {}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
void __tsan_read_range(void* address, std::size_t size) {
  trace(address, size, false, __builtin_return_address(0));
}
void __tsan_write_range(void* address, std::size_t size) {
  trace(address, size, true, __builtin_return_address(0));
}

#define HOOK_ACCESS(name, size, writes)                        \
  void __tsan_##name##size(void* address) {                    \
    trace(address, size, writes, __builtin_return_address(0)); \
  }
#define HOOK_SIZES(name, writes) \
  HOOK_ACCESS(name, 1, writes)   \
  HOOK_ACCESS(name, 2, writes)   \
  HOOK_ACCESS(name, 4, writes)   \
  HOOK_ACCESS(name, 8, writes)   \
  HOOK_ACCESS(name, 16, writes)
HOOK_SIZES(read, false)
HOOK_SIZES(write, true)
HOOK_SIZES(unaligned_read, false)
HOOK_SIZES(unaligned_write, true)

#define HOOK_ATOMICS(bits)                                                                                \
  using Word##bits = std::uint##bits##_t;                                                                 \
  Word##bits __tsan_atomic##bits##_load(const volatile Word##bits* word, int) {                           \
    trace_atomic(word);                                                                                   \
    return __atomic_load_n(word, __ATOMIC_SEQ_CST);                                                       \
  }                                                                                                       \
  void __tsan_atomic##bits##_store(volatile Word##bits* word, Word##bits value, int) {                    \
    trace_atomic(word);                                                                                   \
    __atomic_store_n(word, value, __ATOMIC_SEQ_CST);                                                      \
  }                                                                                                       \
  Word##bits __tsan_atomic##bits##_exchange(volatile Word##bits* word, Word##bits value, int) {           \
    trace_atomic(word);                                                                                   \
    return __atomic_exchange_n(word, value, __ATOMIC_SEQ_CST);                                            \
  }                                                                                                       \
  Word##bits __tsan_atomic##bits##_fetch_add(volatile Word##bits* word, Word##bits value, int) {          \
    trace_atomic(word);                                                                                   \
    return __atomic_fetch_add(word, value, __ATOMIC_SEQ_CST);                                             \
  }                                                                                                       \
  Word##bits __tsan_atomic##bits##_fetch_sub(volatile Word##bits* word, Word##bits value, int) {          \
    trace_atomic(word);                                                                                   \
    return __atomic_fetch_sub(word, value, __ATOMIC_SEQ_CST);                                             \
  }                                                                                                       \
  int __tsan_atomic##bits##_compare_exchange_strong(volatile Word##bits* word, Word##bits* expected,      \
                                                    Word##bits value, int, int) {                         \
    trace_atomic(word);                                                                                   \
    return __atomic_compare_exchange_n(word, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
  }
HOOK_ATOMICS(8)
HOOK_ATOMICS(32)
HOOK_ATOMICS(64)

void __tsan_atomic_thread_fence(int) {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __ubsan_handle_out_of_bounds(const SourceLocation* where, void* index) {
  Tracer* tracer = Tracer::current();
  if (tracer == nullptr) return;
  tracer->out_of_bounds(sonograd::concat(where->file, ':', where->line, ", index ",
                                         static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(index))));
}

// Copies whose size is not known at compile time. The linker redirects the calls of the program here (--wrap).
void* __real_memcpy(void* to, const void* from, std::size_t size);
void* __wrap_memcpy(void* to, const void* from, std::size_t size) {
  if (size > 0) {
    trace(from, size, false, __builtin_return_address(0));
    trace(to, size, true, __builtin_return_address(0));
  }
  return __real_memcpy(to, from, size);
}
void* __real_memset(void* to, int value, std::size_t size);
void* __wrap_memset(void* to, int value, std::size_t size) {
  if (size > 0) trace(to, size, true, __builtin_return_address(0));
  return __real_memset(to, value, size);
}

}  // extern "C"
// NOLINTEND(bugprone-reserved-identifier)
