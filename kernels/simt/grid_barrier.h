// The barrier between all threads of a grid. A header of its own: the one of CUDA takes longer to compile than most kernels.
#pragma once

#include "kernels/simt/keywords.h"

#if defined(__CUDACC__)
#include <cooperative_groups.h>
#endif

namespace sonograd::kernels::SONOGRAD_TARGET {

#if defined(__CUDACC__)

/// Waits for all blocks of a `launch_cooperative`. Everything that they wrote before is visible to all of them after it.
__device__ inline void sync_grid(Place = Place::here()) {
  cooperative_groups::this_grid().sync();
}

#else

inline void sync_grid(Place place = Place::here()) {
  emulator::grid_barrier(place);
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
