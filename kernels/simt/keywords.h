// Keywords and built-in variables of CUDA, and a few macros of our own, for both targets.
//
// A kernel declares the most threads that a block of it may have, so that the compiler keeps its registers within those of a
// multiprocessor, and a launch with more threads is refused on both targets:
//
//   SONOGRAD_KERNEL(threads, name, Params p) { ... }
//   SONOGRAD_KERNEL_RESIDENT(threads, blocks, name, Params p) { ... }    // registers for that many blocks at a time
//
// In CUDA this is `__global__ void __launch_bounds__(threads, blocks) name(Params p)`. A kernel that is declared with
// `__global__ void name(Params p)` may have 1024 threads.
#pragma once

#include "kernels/core/grid.h"
#include "tensor/device/device.h"

#if defined(__CUDACC__)

#define SONOGRAD_KERNEL(threads, name, ...) __global__ void __launch_bounds__(threads) name(__VA_ARGS__)
#define SONOGRAD_KERNEL_RESIDENT(threads, blocks, name, ...) \
  __global__ void __launch_bounds__(threads, blocks) name(__VA_ARGS__)

#define SONOGRAD_UNROLL _Pragma("unroll")
/// Stops the kernel unless the condition holds.
#define SONOGRAD_ASSERT(condition) ((condition) ? void() : __trap())

namespace sonograd::kernels::SONOGRAD_TARGET {
inline constexpr DeviceKind kTarget = DeviceKind::cuda;
/// Source lines are used by the emulator only.
struct Place {
  static constexpr Place here() { return {}; }
};
}  // namespace sonograd::kernels::SONOGRAD_TARGET

#else

#include "kernels/simt/emulator/emulator.h"

#define __global__
#define __device__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define threadIdx (::sonograd::kernels::emulator::current_thread->index)
#define blockIdx (::sonograd::kernels::emulator::current_thread->block->index)
#define blockDim (::sonograd::kernels::emulator::current_thread->block->grid->threads)
#define gridDim (::sonograd::kernels::emulator::current_thread->block->grid->blocks)
#pragma GCC poison __shared__ __constant__ __syncthreads __syncwarp __launch_bounds__

#define SONOGRAD_KERNEL(threads, name, ...) \
  void name(__VA_ARGS__, ::sonograd::kernels::emulator::LaunchBounds<threads>)
#define SONOGRAD_KERNEL_RESIDENT(threads, blocks, name, ...) SONOGRAD_KERNEL(threads, name, __VA_ARGS__)

#define SONOGRAD_UNROLL _Pragma("GCC unroll 32")
#define SONOGRAD_ASSERT(condition) \
  ((condition) ? void() : ::sonograd::kernels::emulator::fail("not true: " #condition, {__FILE__, __LINE__}))

namespace sonograd::kernels::SONOGRAD_TARGET {
inline constexpr DeviceKind kTarget = DeviceKind::emulated;
using emulator::Place;
}  // namespace sonograd::kernels::SONOGRAD_TARGET

#endif
