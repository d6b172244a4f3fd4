// Atomic operations on integers, and flags between blocks. There are none on floating-point numbers: the order of
// additions would change from run to run.
#pragma once

#include <cstdint>

#include "kernels/simt/keywords.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

#if defined(__CUDACC__)

/// Adds to a counter in global or shared memory; returns its value before.
__device__ inline unsigned atomic_add(unsigned* counter, unsigned value) {
  return atomicAdd(counter, value);
}
__device__ inline unsigned atomic_max(unsigned* place, unsigned value) {
  return atomicMax(place, value);
}

/// Makes earlier writes of this thread visible to other blocks before later ones.
__device__ inline void fence_device() {
  __threadfence();
}

/// Writes a flag for which others wait; earlier writes of this thread are visible to threads that read it.
__device__ inline void store_release(unsigned* flag, unsigned value) {
  asm volatile("st.release.gpu.global.u32 [%0], %1;" ::"l"(flag), "r"(value) : "memory");
}

/// Waits until another block has raised a flag to at least `value`. In cooperative launches only.
__device__ inline void wait_until(const unsigned* flag, unsigned value, Place = Place::here()) {
  unsigned seen;
  do {
    asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(seen) : "l"(flag) : "memory");
  } while (seen < value);
}

#else

inline unsigned atomic_add(unsigned* counter, unsigned value) {
  emulator::progress();
  return __atomic_fetch_add(counter, value, __ATOMIC_SEQ_CST);
}
inline unsigned atomic_max(unsigned* place, unsigned value) {
  emulator::progress();
  unsigned seen = __atomic_load_n(place, __ATOMIC_SEQ_CST);
  while (seen < value &&
         !__atomic_compare_exchange_n(place, &seen, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
  }
  return seen;
}

inline void fence_device() {
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

inline void store_release(unsigned* flag, unsigned value) {
  emulator::progress();
  __atomic_store_n(flag, value, __ATOMIC_RELEASE);
}

inline void wait_until(const unsigned* flag, unsigned value, Place place = Place::here()) {
  emulator::check_cooperative("wait_until", place);
  while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) < value) emulator::spin("wait_until", place);
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
