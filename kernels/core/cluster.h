// Clusters: neighbouring blocks that run at the same time and access each other's shared memory.
#pragma once

namespace sonograd::kernels {

/// Blocks of a cluster that every GPU of compute capability 9.0 can hold.
inline constexpr unsigned kMostClusterBlocks = 8;

}  // namespace sonograd::kernels
