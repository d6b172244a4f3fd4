// Start of a kernel, the only way from host code to a device. Stream, profiler range, error check and emulation are handled
// here.
#pragma once

#include <string_view>
#include <type_traits>

#include "kernels/simt/keywords.h"
#include "tensor/support/error.h"

#if defined(__CUDACC__)
#include "kernels/simt/cuda/cuda_launch.h"
#else
#include "kernels/core/profile.h"
#endif

namespace sonograd::kernels::SONOGRAD_TARGET {

/// The parameters of a kernel, and the threads that a block of it may have. In emulated kernels the most threads that
/// SONOGRAD_KERNEL declares are part of the type; CUDA looks them up by the address.
template <class Kernel>
struct Signature;

template <class P>
struct Signature<void (*)(P)> {
  using Params = P;
  static constexpr unsigned kMost = kMostThreads;
};

#if !defined(__CUDACC__)
template <class P, unsigned kThreads>
struct Signature<void (*)(P, emulator::LaunchBounds<kThreads>)> {
  using Params = P;
  static constexpr unsigned kMost = kThreads;
};

template <class Kernel>
emulator::Launch emulated_launch(std::string_view name, Kernel kernel, const Grid& grid,
                                 const typename Signature<Kernel>::Params& params, bool cooperative) {
  const auto run = [kernel, &params] {
    if constexpr (std::is_invocable_v<Kernel, decltype(params)>) {
      kernel(params);
    } else {
      kernel(params, {});
    }
  };
  return {name, grid, run, Signature<Kernel>::kMost, cooperative};
}
#endif

/// A kernel whose parameters CUDA 13 can pass on.
template <class T>
concept LaunchableKernel = sizeof(typename Signature<T>::Params) <= kMostParamBytes;

/// Queues `kernel(params)` on the current stream of the current device. `name` must outlive the profile of the process (a
/// string literal). Throws KernelError when the grid or the kernel breaks a rule of the device; a fault on a GPU may be
/// reported by a later call, unless the environment has SYNC_LAUNCHES=1.
template <LaunchableKernel Kernel>
void launch(std::string_view name, Kernel kernel, const Grid& grid,
            const typename Signature<Kernel>::Params& params) {
#if defined(__CUDACC__)
  cuda::launch({name, grid, reinterpret_cast<const void*>(kernel)}, &params);
#else
  const ProfileRange range(RangeKind::launch, name);
  emulator::run(emulated_launch(name, kernel, grid, params, false));
#endif
}

/// The same with all blocks on the device at the same time, so that they may wait for each other (`sync_grid`, `wait_until`).
/// Throws KernelError for more than `resident_blocks` blocks.
template <LaunchableKernel Kernel>
void launch_cooperative(std::string_view name, Kernel kernel, const Grid& grid,
                        const typename Signature<Kernel>::Params& params) {
#if defined(__CUDACC__)
  cuda::launch({name, grid, reinterpret_cast<const void*>(kernel), true}, &params);
#else
  const ProfileRange range(RangeKind::launch, name);
  emulator::run(emulated_launch(name, kernel, grid, params, true));
#endif
}

/// Number of blocks of this shape that the current device holds at a time.
template <LaunchableKernel Kernel>
unsigned resident_blocks(Kernel kernel, unsigned threads, std::size_t shared_bytes = 0) {
#if defined(__CUDACC__)
  return cuda::resident_blocks(reinterpret_cast<const void*>(kernel), threads, shared_bytes);
#else
  static_cast<void>(kernel), static_cast<void>(shared_bytes);
  return threads <= Signature<Kernel>::kMost ? emulator::kMultiprocessors : 0;
#endif
}

/// Number of blocks of `size` that cover `n`. Throws KernelError if it exceeds the limit of a grid, 2^31 - 1.
constexpr unsigned blocks_for(std::int64_t n, std::int64_t size) {
  const std::int64_t blocks = (n + size - 1) / size;
  if (blocks > std::int64_t{kMostBlocks.x})
    throw KernelError("a grid has at most 2147483647 blocks along an axis");
  return static_cast<unsigned>(blocks);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
