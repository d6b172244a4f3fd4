// Kernels that measure the peaks of a device, and the time of a launch and of a barrier.
#pragma once

#include <cstdint>

#include "kernels/core/cuda_rows.h"
#include "tensor/dtype.h"

namespace sonograd::kernels {

/// A product of `kProductTiles`² tensor-core tiles of 16×8, again and again, by each of `blocks` × 8 warps. `out` takes one
/// float of each warp: the depth of all products, because all factors are ones.
struct Products {
  float* out;
  unsigned blocks;
  int rounds;
};
inline constexpr int kProductTiles = 4;
inline constexpr unsigned kProductWarps = 8;

/// `count` rounds of something by all threads of some blocks; `out` takes the number of rounds.
struct Rounds {
  std::int32_t* out;
  unsigned blocks;  ///< at most `resident_calibration_blocks` for `grid_barriers`
  int count;
};

SONOGRAD_CUDA_ROWS(
    /// `y = x`, 16 bytes a thread; aligned to 16 bytes.
    void copy_vectors(const float* x, float* y, std::int64_t vectors); void products_tf32(const Products& p);
    void products_bf16(const Products& p);
    /// A chain of float32 multiply-adds, 8 side by side, by each of `blocks` × 256 threads: out[thread] = rounds.
    void multiply_adds(const Products& p);
    /// One block, one thread.
    void add_one(std::int32_t* counter); void block_barriers(const Rounds& p);
    /// Cooperative: waits for all blocks each round.
    void grid_barriers(const Rounds& p); unsigned resident_calibration_blocks();
    /// In clusters of the largest size, which must divide the number of blocks (compute capability 9.0).
    void cluster_barriers(const Rounds& p);)

}  // namespace sonograd::kernels
