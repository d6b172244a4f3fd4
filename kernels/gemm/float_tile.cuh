// Products of 64×64 tiles in IEEE float32, by 256 threads, through shared memory: what the `tiled` rows of gemm and
// conv2d share. Per step both operands are staged with the step as the outer axis, so that a thread reads its 4
// values of a line by one 16-byte access; a warp reads 2 different rows of A and 16 different quads of B.
#pragma once

#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct FloatTile {
  static constexpr int kLines = 64, kStep = 16, kThreads = 256;
  static constexpr int kPad =
      4;  // keeps quads aligned and spreads the lines of a transposed store over the banks

  alignas(16) float at[kStep][kLines + kPad];
};

/// 4×4 neighbouring elements of the tile of C, the sums of one thread.
class FloatSums {
 public:
  /// Adds the products of a step. The caller synchronises the block before and after.
  __device__ void add(const FloatTile& a, const FloatTile& b) {
    SONOGRAD_UNROLL
    for (int l = 0; l < FloatTile::kStep; ++l) {
      const auto u = load_vec<kEach>(&a.at[l][row()]);
      const auto v = load_vec<kEach>(&b.at[l][column()]);
      for (int i = 0; i < kEach; ++i) {
        for (int j = 0; j < kEach; ++j) sums_[i][j] += u[i] * v[j];
      }
    }
  }

  /// Calls `visit(row of the tile, column of the tile, sum)` for each.
  template <class Visit>
  __device__ void each(const Visit& visit) const {
    for (int i = 0; i < kEach; ++i) {
      for (int j = 0; j < kEach; ++j) visit(row() + i, column() + j, sums_[i][j]);
    }
  }

 private:
  static constexpr int kEach = 4, kThreadsPerRow = FloatTile::kLines / kEach;
  __device__ static int row() { return static_cast<int>(threadIdx.x) / kThreadsPerRow * kEach; }
  __device__ static int column() { return static_cast<int>(threadIdx.x) % kThreadsPerRow * kEach; }

  float sums_[kEach][kEach] = {};
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
