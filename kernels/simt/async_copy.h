// Copies from global to shared memory that run beside the arithmetic (cp.async).
//
//   copy_async<16>(&smem.tile[0], p.x);        any number of copies, by any thread
//   commit_copies();                           the copies since the last commit form a group of this thread
//   wait_copies<1>();                          all groups of this thread except the youngest are complete
//   sync_block();                              … and those of the other threads
//
// Between issue and wait the target may contain the old or the new bytes; the emulator chooses by its seed. A buffer may be
// overwritten only after a barrier that follows its last read.
#pragma once

#include "kernels/simt/keywords.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

#if defined(__CUDACC__)

/// Issues a copy of `kBytes`, 4, 8 or 16, which must divide both addresses. Only the first `valid` bytes are read; the others
/// become zeros.
template <int kBytes>
__device__ void copy_async(void* to_shared, const void* from_global, unsigned valid = kBytes,
                           Place = Place::here()) {
  static_assert(kBytes == 4 || kBytes == 8 || kBytes == 16);
  const auto to = static_cast<unsigned>(__cvta_generic_to_shared(to_shared));
  if constexpr (kBytes == 16) {  // bypasses the first-level cache
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from_global), "r"(valid)
                 : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(to), "l"(from_global), "n"(kBytes),
                 "r"(valid)
                 : "memory");
  }
}

__device__ inline void commit_copies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

template <int kPending>
__device__ void wait_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
}

#else

template <int kBytes>
void copy_async(void* to_shared, const void* from_global, unsigned valid = kBytes,
                Place place = Place::here()) {
  static_assert(kBytes == 4 || kBytes == 8 || kBytes == 16);
  emulator::check_aligned(to_shared, kBytes, place);
  emulator::check_aligned(from_global, kBytes, place);
  if (valid > kBytes) emulator::fail("copy_async: more valid bytes than bytes of the copy", place);
  const emulator::Copy copy{to_shared, from_global, kBytes, valid};
  emulator::Thread& thread = emulator::self();
  if (thread.block->late_copies) {
    thread.copies.add(copy);
  } else {
    copy.land();
  }
}

inline void commit_copies() {
  emulator::self().copies.commit();
}

template <int kPending>
void wait_copies() {
  emulator::self().copies.wait(kPending);
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
