// Products of tiles in IEEE float32, by 256 threads, through shared memory, for the `tiled` rows of gemm and conv2d. A
// thread owns kEach × kEach sums, so tiles are 64×64 (kEach = 4) or 128×128 (8): per step along the depth it loads 2 kEach
// values for kEach² multiplications. Both operands are staged with the step as the outer axis, so that loads are 16-byte
// accesses; a warp reads 2 different rows of A and 16 neighbouring quads of B.
#pragma once

#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

template <int kEach>
struct FloatTile {
  static constexpr int kLines = 16 * kEach, kStep = 16, kThreads = 256;
  static constexpr int kPad =
      4;  // keeps quads aligned and spreads the lines of a transposed store over the banks

  alignas(16) float at[kStep][kLines + kPad];
};

/// Sums of one thread: quads of neighbouring rows and columns, 64 apart.
template <int kEach>
class FloatSums {
 public:
  /// Adds the products of a step. The caller must synchronise the block before and after.
  __device__ void add(const FloatTile<kEach>& a, const FloatTile<kEach>& b) {
    SONOGRAD_UNROLL
    for (int l = 0; l < FloatTile<kEach>::kStep; ++l) {
      Vec<float, 4> u[kQuads], v[kQuads];
      SONOGRAD_UNROLL
      for (int q = 0; q < kQuads; ++q) {
        u[q] = load_vec<4>(&a.at[l][row(4 * q)]);
        v[q] = load_vec<4>(&b.at[l][column(4 * q)]);
      }
      SONOGRAD_UNROLL
      for (int i = 0; i < kEach; ++i) {
        SONOGRAD_UNROLL
        for (int j = 0; j < kEach; ++j) sums_[i][j] += u[i / 4][i % 4] * v[j / 4][j % 4];
      }
    }
  }

  /// Calls `visit(row of the tile, column of the tile, sum)` for each.
  template <class Visit>
  __device__ void each(const Visit& visit) const {
    SONOGRAD_UNROLL
    for (int i = 0; i < kEach; ++i) {
      SONOGRAD_UNROLL
      for (int j = 0; j < kEach; ++j) visit(row(i), column(j), sums_[i][j]);
    }
  }

  /// Distance of threads with the same columns.
  static constexpr int kThreadsPerRow = 16;
  /// Row and column of sum (i, j) of this thread in the tile.
  __device__ static int row(int i) {
    return i / 4 * 64 + static_cast<int>(threadIdx.x) / kThreadsPerRow * 4 + i % 4;
  }
  __device__ static int column(int j) {
    return j / 4 * 64 + static_cast<int>(threadIdx.x) % kThreadsPerRow * 4 + j % 4;
  }
  __device__ float at(int i, int j) const { return sums_[i][j]; }

 private:
  static constexpr int kQuads = kEach / 4;

  float sums_[kEach][kEach] = {};
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
