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

/// Queues `kernel(params)` on the current stream of the current device. `name` must outlive the profile of the process (a
/// string literal). Throws KernelError when the grid or the kernel breaks a rule of the device; a fault on a GPU may be
/// reported by a later call, unless the environment has SYNC_LAUNCHES=1.
template <class Params>
void launch(std::string_view name, void (*kernel)(Params), const Grid& grid,
            const std::type_identity_t<Params>& params) {
#if defined(__CUDACC__)
  cuda::launch({name, grid, reinterpret_cast<const void*>(kernel)}, &params);
#else
  const ProfileRange range(RangeKind::launch, name);
  emulator::run({name, grid, [&] { kernel(params); }});
#endif
}

/// The same with all blocks on the device at the same time, so that they may wait for each other (`sync_grid`, `wait_until`).
/// Throws KernelError for more than `resident_blocks` blocks.
template <class Params>
void launch_cooperative(std::string_view name, void (*kernel)(Params), const Grid& grid,
                        const std::type_identity_t<Params>& params) {
#if defined(__CUDACC__)
  cuda::launch({name, grid, reinterpret_cast<const void*>(kernel), true}, &params);
#else
  const ProfileRange range(RangeKind::launch, name);
  emulator::run({name, grid, [&] { kernel(params); }, true});
#endif
}

/// Number of blocks of this shape that the current device holds at a time.
template <class Params>
unsigned resident_blocks(void (*kernel)(Params), unsigned threads, std::size_t shared_bytes = 0) {
#if defined(__CUDACC__)
  return cuda::resident_blocks(reinterpret_cast<const void*>(kernel), threads, shared_bytes);
#else
  static_cast<void>(kernel), static_cast<void>(threads), static_cast<void>(shared_bytes);
  return emulator::kMultiprocessors;
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
