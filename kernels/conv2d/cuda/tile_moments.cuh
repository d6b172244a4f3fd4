// The moments of what a tile of a convolution wrote, per channel: left by the kernel that still holds the sums in
// registers (kernels/fused/conv2d_bn_stats), for a second kernel to merge. Every step goes in a fixed order.
#pragma once

#include <concepts>

#include "kernels/reduce/moments.cuh"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Moments of those value(i), i < N, whose bit of `which` is set.
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

/// Which tile it is, and the place of a warp in it.
struct TilePlace {
  int tile, first_column;
  int part;      // number of the warp among those that hold the same columns
  int channels;  // of the map: columns beyond them are not left
};

/// What a kernel does with its tiles besides writing them.
template <class M>
concept TileMoments = std::is_trivially_copyable_v<M> && requires {
  { M::kWanted } -> std::convertible_to<bool>;
};

struct NoMoments {
  static constexpr bool kWanted = false;
};

/// Leaves them without the bias, which only shifts the mean.
struct LeaveMoments {
  static constexpr bool kWanted = true;
  Moments* partial;  // [tiles, channels]

  /// Called by all threads of a block, whose tile has kColumns columns. A thread holds values of columns `column(j)` of
  /// the tile, j < kEach, with `moments(j)`; so do the lanes kApart apart, and kParts warps.
  template <int kParts, int kColumns, int kApart, int kEach, class Column, class ColumnMoments>
  __device__ void leave(const TilePlace& place, const Column& column, const ColumnMoments& moments) const {
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
