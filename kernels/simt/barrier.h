// Barriers between threads of a block (those of a grid: grid_barrier.h). Everything that the waiting threads wrote before a barrier
// is visible to them after it.
#pragma once

#include "kernels/simt/keywords.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

#if defined(__CUDACC__)

/// Waits for the whole block. Every thread must reach the same line.
__device__ inline void sync_block(Place = Place::here()) {
  __syncthreads();
}

/// Waits for `threads` threads of the block, whole warps, at barrier `id` (1 to 15; `sync_block` uses 0).
__device__ inline void sync_named(unsigned id, unsigned threads, Place = Place::here()) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

/// Waits for the whole warp.
__device__ inline void sync_warp(Place = Place::here()) {
  __syncwarp();
}

#else

inline void sync_block(Place place = Place::here()) {
  emulator::block_barrier(place);
}
inline void sync_named(unsigned id, unsigned threads, Place place = Place::here()) {
  emulator::named_barrier(id, threads, place);
}
inline void sync_warp(Place place = Place::here()) {
  char nothing = 0;
  emulator::warp_collective(
      nothing, [](const auto&) {}, "sync_warp", place);
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
