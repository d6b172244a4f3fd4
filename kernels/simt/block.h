// Collective operations of the threads of a block. Blocks may have several axes; `thread_rank` counts x fastest.
#pragma once

#include "kernels/simt/barrier.h"
#include "kernels/simt/shared.h"
#include "kernels/simt/warp.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

__device__ inline unsigned thread_rank() {
  return (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
}
__device__ inline unsigned block_threads() {
  return blockDim.x * blockDim.y * blockDim.z;
}
__device__ inline unsigned lane_index() {
  return thread_rank() % kWarpSize;
}
__device__ inline unsigned warp_index() {
  return thread_rank() / kWarpSize;
}

/// Combines one value of every thread: warps first, then the results of the warps in order; all threads get the same bits.
/// `identity` is the neutral value of `combine`. It contains two barriers, so that it may be called again at once.
template <class T, class Combine>
__device__ T block_reduce(T value, T identity, const Combine& combine, Place place = Place::here()) {
  struct Smem {
    T warps[kWarpSize];
  };
  Smem& smem = shared<Smem>();
  value = warp_reduce(value, combine, place);
  if (lane_index() == 0) smem.warps[warp_index()] = value;
  sync_block(place);
  const T mine = lane_index() < block_threads() / kWarpSize ? smem.warps[lane_index()] : identity;
  const T result = warp_reduce(mine, combine, place);
  sync_block(place);
  return result;
}

template <class T>
__device__ T block_sum(T value, Place place = Place::here()) {
  return block_reduce(
      value, T(0), [](T a, T b) { return a + b; }, place);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
