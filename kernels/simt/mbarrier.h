// Barriers in shared memory for producers and consumers (compute capability 9.0). A barrier counts arrivals and bytes of tile
// copies; when both are complete, its phase ends and the next one, of the other parity, begins.
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

/// To be called by one thread before any other accesses the barrier. Each phase expects `arrivals` arrivals, 1 to 1024.
__device__ inline void init_mbarrier(Mbarrier& barrier, unsigned arrivals) {
  asm volatile("mbarrier.init.shared.b64 [%0], %1;" ::"r"(shared_address(&barrier)), "r"(arrivals)
               : "memory");
}
/// Makes initialised barriers visible to tile copies; to be called before the barrier of the block.
__device__ inline void fence_mbarriers() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

__device__ inline void arrive(Mbarrier& barrier, Place = Place::here()) {
  asm volatile("{ .reg .b64 state; mbarrier.arrive.shared.b64 state, [%0]; }" ::"r"(shared_address(&barrier))
               : "memory");
}
/// Arrives, and adds `bytes` to the number of bytes that this phase expects.
__device__ inline void arrive_expecting(Mbarrier& barrier, unsigned bytes, Place = Place::here()) {
  asm volatile("{ .reg .b64 state; mbarrier.arrive.expect_tx.shared.b64 state, [%0], %1; }" ::"r"(
                   shared_address(&barrier)),
               "r"(bytes)
               : "memory");
}

/// Waits until the phase of this parity has ended. The first phase has parity 0; the one before it counts as ended.
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
