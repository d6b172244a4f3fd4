// Moments of the values that a tile of a convolution writes, per channel: stored by the kernel that still has the sums
// in registers (kernels/fused/conv2d_bn_stats) and merged by a second kernel, in a fixed order.
#pragma once

#include <concepts>

#include "kernels/reduce/moments.cuh"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Moments of the value(i), i < N, for which bit i of `which` is set.
template <int N, class Value>
__device__ Moments moments_of(unsigned which, const Value& value) {
  float count = 0, sum = 0, squares = 0;
  SONOGRAD_UNROLL
  for (int i = 0; i < N; ++i) {
    if (which >> i & 1) count += 1, sum += value(i);
  }
  if (count == 0) return {0, 0, 0};
  const float mean = sum / count;
  SONOGRAD_UNROLL
  for (int i = 0; i < N; ++i) {
    const float difference = value(i) - mean;
    if (which >> i & 1) squares += difference * difference;
  }
  return {count, mean, squares};
}

/// Index of a tile, and place of a warp in it.
struct TilePlace {
  int tile, first_column;
  int part;      // number of the warp among the warps with the same columns
  int channels;  // channels of the map; columns beyond them are not stored
};

/// Epilogue of a tile: stores its moments, or does nothing.
template <class M>
concept TileMoments = std::is_trivially_copyable_v<M> && requires {
  { M::kStored } -> std::convertible_to<bool>;
};

struct NoMoments {
  static constexpr bool kStored = false;
};

/// Stores the moments without the bias, which only shifts the mean.
struct StoreMoments {
  static constexpr bool kStored = true;
  Moments* partial;  // [tiles, channels]

  /// All threads of a block must call this; its tile has kColumns columns. A thread holds values of columns `column(j)` of
  /// the tile, j < kEach, whose moments are `moments(j)`; lanes kApart apart and kParts warps hold the same columns.
  template <int kParts, int kColumns, int kApart, int kEach, class Column, class ColumnMoments>
  __device__ void store(const TilePlace& place, const Column& column, const ColumnMoments& moments) const {
    struct Smem {
      Moments parts[kParts][kColumns];
    };
    Smem& smem = shared<Smem>();
    SONOGRAD_UNROLL
    for (int j = 0; j < kEach; ++j) {
      Moments m = moments(j);
      SONOGRAD_UNROLL
      for (int apart = int(kWarpSize) / 2; apart >= kApart; apart /= 2)
        m = Moments::merge(m, warp_shuffle_xor(m, unsigned(apart)));
      if (int(lane_index()) < kApart) smem.parts[place.part][column(j)] = m;
    }
    sync_block();
    for (int c = int(thread_rank()); c < kColumns; c += int(block_threads())) {
      const int channel = place.first_column + c;
      if (channel >= place.channels) continue;
      Moments m = smem.parts[0][c];
      for (int part = 1; part < kParts; ++part) m = Moments::merge(m, smem.parts[part][c]);
      partial[std::int64_t{place.tile} * place.channels + channel] = m;
    }
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
