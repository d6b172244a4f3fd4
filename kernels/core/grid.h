// Launch configuration: numbers of blocks and threads of a kernel, and its shared memory.
#pragma once

#include <cstddef>

namespace sonograd::kernels {

/// Threads of a warp: they run together and exchange registers.
inline constexpr unsigned kWarpSize = 32;

/// Extents or a position, x fastest.
struct Dim {
  unsigned x = 1, y = 1, z = 1;
  constexpr std::size_t count() const { return std::size_t{x} * y * z; }
};

/// Limits of `Grid::blocks`. Only x is large enough for sizes of data.
inline constexpr Dim kMostBlocks = {0x7fffffff, 0xffff, 0xffff};

/// Threads of a block, unless its kernel declares fewer.
inline constexpr unsigned kMostThreads = 1024;

/// Static shared memory of a block, in bytes.
inline constexpr std::size_t kMostStaticBytes = 48 * 1024;

/// Parameters of a kernel, in bytes.
inline constexpr std::size_t kMostParamBytes = 32764;

struct Grid {
  Dim blocks;   ///< at most `kMostBlocks`; none (an extent of 0): the kernel does not run
  Dim threads;  ///< per block: a multiple of the warp size, at most as its kernel declares, and 64 along z
  std::size_t shared_bytes = 0;  ///< `dynamic_shared` per block: at most `shared_memory_of_block(device)`
};

}  // namespace sonograd::kernels
