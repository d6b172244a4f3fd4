// Barriers in shared memory for producers and consumers (compute capability 9.0). A barrier counts arrivals and bytes of
// tile copies; when both are complete its phase ends, and the next one, of the other parity, begins.
//
//   if (thread_rank() == 0) init_mbarrier(smem.full, 1);
//   fence_mbarriers(); sync_block();
//   producer:  arrive_expecting(smem.full, bytes); copy_tile(…, smem.full);
//   consumer:  wait(smem.full, parity);  parity ^= 1;
#pragma once

#include <cstdint>

#include "kernels/simt/keywords.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

#if defined(__CUDACC__)

struct Mbarrier {
  std::uint64_t state;
};

__device__ inline unsigned shared_address(const void* pointer) {
  return static_cast<unsigned>(__cvta_generic_to_shared(pointer));
}

/// By one thread, before any other touches it. Each phase wants `arrivals` arrivals.
__device__ inline void init_mbarrier(Mbarrier& barrier, unsigned arrivals) {
  asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(shared_address(&barrier)), "r"(arrivals)
               : "memory");
}
/// Between the initialisation and the block's barrier: makes it visible to tile copies.
__device__ inline void fence_mbarriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

__device__ inline void arrive(Mbarrier& barrier, Place = Place::here()) {
  asm volatile("{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(shared_address(&barrier))
               : "memory");
}
/// Arrives, and adds to the bytes that this phase waits for.
__device__ inline void arrive_expecting(Mbarrier& barrier, unsigned bytes, Place = Place::here()) {
  asm volatile("{ .reg .b64 state; mbarrier.arrive.expect_tx.shared.b64 state, [%0], %1; }" ::"r"(
                   shared_address(&barrier)),
               "r"(bytes)
               : "memory");
}

/// Until the phase of this parity has ended. The first phase has parity 0; that before it counts as ended.
__device__ inline void wait(Mbarrier& barrier, unsigned parity, Place = Place::here()) {
  unsigned done = 0;
  while (done == 0) {
    asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
                 : "=r"(done)
                 : "r"(shared_address(&barrier)), "r"(parity)
                 : "memory");
  }
}

#else

using Mbarrier = emulator::Mbarrier;

inline void init_mbarrier(Mbarrier& barrier, unsigned arrivals) {
  barrier.init(arrivals);
}
inline void fence_mbarriers() {}
inline void arrive(Mbarrier& barrier, Place place = Place::here()) {
  barrier.arrive(0, place);
}
inline void arrive_expecting(Mbarrier& barrier, unsigned bytes, Place place = Place::here()) {
  barrier.arrive(static_cast<std::int32_t>(bytes), place);
}
inline void wait(Mbarrier& barrier, unsigned parity, Place place = Place::here()) {
  barrier.wait(parity, place);
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
