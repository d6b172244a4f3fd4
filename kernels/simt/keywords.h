// Keywords and built-in variables of CUDA, and a few macros of our own, for both targets.
#pragma once

#include "kernels/core/grid.h"
#include "tensor/device/device.h"

#if defined(__CUDACC__)

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
#define __launch_bounds__(...)
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define threadIdx (::sonograd::kernels::emulator::current_thread->index)
#define blockIdx (::sonograd::kernels::emulator::current_thread->block->index)
#define blockDim (::sonograd::kernels::emulator::current_thread->block->grid->threads)
#define gridDim (::sonograd::kernels::emulator::current_thread->block->grid->blocks)
#pragma GCC poison __shared__ __constant__ __syncthreads __syncwarp

#define SONOGRAD_UNROLL _Pragma("GCC unroll 32")
#define SONOGRAD_ASSERT(condition) \
  ((condition) ? void() : ::sonograd::kernels::emulator::fail("not true: " #condition, {__FILE__, __LINE__}))

namespace sonograd::kernels::SONOGRAD_TARGET {
inline constexpr DeviceKind kTarget = DeviceKind::emulated;
using emulator::Place;
}  // namespace sonograd::kernels::SONOGRAD_TARGET

#endif
