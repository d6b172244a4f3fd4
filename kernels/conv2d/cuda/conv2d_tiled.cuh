// Implicit matrix product in tiles, products in IEEE float32: forward and gradient of the input.
//
// The rows of the product are positions of the written map, its columns channels, its depth the channels of all taps
// one after the other; the matrix of patches is never stored. A block of 256 threads owns a tile of 128 positions ×
// 128 channels, each thread 8×8 elements of it; where such tiles would not fill a device, 64×64 and 4×4. Per step of
// 16 along the depth it stages elements of the map and of the weight through 18 KiB of shared memory, where each
// serves 128 multiplications. A thread stages 8 positions at one place in the depth and updates its indices without
// divisions from step to step. The gradient of a strided convolution is one product per phase (conv2d_geometry.cuh),
// so no tap is multiplied with zeros. It is faster than `naive` because of its reuse. Limits: 16 loaded values for 64
// multiplications, one global read of the map per tap, and staging that only the other block of a multiprocessor hides.
#pragma once

#include "kernels/conv2d/cuda/conv2d_geometry.cuh"
#include "kernels/conv2d/cuda/digits.cuh"
#include "kernels/conv2d/cuda/tile_moments.cuh"
#include "kernels/gemm/float_tile.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace conv2d_tiled {

constexpr int kStep = 16, kThreads = 256;
constexpr int kEnoughTiles = 132;  // tiles of 128×128 that fill a large GPU

template <class T, class M>
struct Params {
  Gather<T> problem;
  M moments;
};

// kEach: rows and columns of a thread, and lines that it stages, kStep apart.
template <class T, int kEach, TileMoments M>
SONOGRAD_KERNEL_RESIDENT(kThreads, 2, gather_kernel, Params<T, M> params) {
  const Gather<T>& p = params.problem;
  using Tile = FloatTile<kEach>;
  static_assert(Tile::kStep == kStep && Tile::kThreads == kThreads && Tile::kLines == kEach * kStep);
  constexpr int kTile = Tile::kLines;
  struct Smem {
    Tile map, weight;
    Digits rows[kTile];  // positions of the phase; those beyond the last repeat it
  };
  Smem& smem = shared<Smem>();
  const int phase_t = int(blockIdx.z) / p.f.phases, phase_f = int(blockIdx.z) % p.f.phases;
  const Phase t = p.t.phase(phase_t), f = p.f.phase(phase_f);
  const int positions = p.batch * t.positions * f.positions;
  const int first_row = int(blockIdx.x) * kTile, first_column = int(blockIdx.y) * kTile;
  if (first_row >= positions) return;

  const int lane = int(threadIdx.x) % kStep, group = int(threadIdx.x) / kStep;
  for (int i = int(threadIdx.x); i < kTile; i += kThreads) {
    const int row = first_row + i < positions ? first_row + i : positions - 1;
    smem.rows[i] = Digits::of(row, t.positions, f.positions);
  }
  sync_block();
  const bool along_depth = p.in_step == 1;
  const int weight_l = along_depth ? lane : group, weight_line = along_depth ? group : lane;
  const int depth = t.taps * f.taps * p.in_channels;
  Digits map_at = {}, weight_at = {};  // tap along t, tap along f, channel, in the filter of this phase
  map_at.advance(lane, f.taps, p.in_channels);
  weight_at.advance(weight_l, f.taps, p.in_channels);
  FloatSums<kEach> sums;
  for (int first = 0; first < depth; first += kStep) {
    SONOGRAD_UNROLL
    for (int r = 0; r < kEach; ++r) {
      const auto& [n, u_t, u_f] = smem.rows[group + r * kStep];
      const T* x = p.read_at(n, u_t * p.t.stride + t.first + map_at.high * t.step,
                             u_f * p.f.stride + f.first + map_at.middle * f.step);
      smem.map.at[lane][group + r * kStep] = x && map_at.high < t.taps ? widen(x[map_at.low]) : 0.0f;
    }
    const int tap =
        (t.first_tap + weight_at.high * t.tap_step) * p.f.taps + f.first_tap + weight_at.middle * f.tap_step;
    const T* weight = p.weight + tap * p.tap_step + weight_at.low * p.in_step;
    SONOGRAD_UNROLL
    for (int r = 0; r < kEach; ++r) {
      const int line = weight_line + r * kStep, o = first_column + line;
      const bool inside = weight_at.high < t.taps && o < p.out_channels;
      smem.weight.at[weight_l][line] = inside ? widen(weight[o * p.out_step]) : 0.0f;
    }
    sync_block();
    sums.add(smem.map, smem.weight);
    map_at.advance(kStep, f.taps, p.in_channels);
    weight_at.advance(kStep, f.taps, p.in_channels);
    sync_block();
  }
  sums.each([&](int row, int column, float sum) {
    const int o = first_column + column;
    if (first_row + row >= positions || o >= p.out_channels) return;
    const auto& [n, u_t, u_f] = smem.rows[row];
    T* out = p.out_at(n, u_t * p.t.phases + phase_t, u_f * p.f.phases + phase_f);
    write(out[o], p.bias ? sum + widen(p.bias[o]) : sum, p.add);
  });
  if constexpr (M::kStored) {
    using Sums = FloatSums<kEach>;
    unsigned inside = 0;
    for (int i = 0; i < kEach; ++i) inside |= unsigned(first_row + Sums::row(i) < positions) << i;
    params.moments.template store<kThreads / int(kWarpSize), kTile, Sums::kThreadsPerRow, kEach>(
        {int(blockIdx.x), first_column, int(warp_index()), p.out_channels}, Sums::column,
        [&](int j) { return moments_of<kEach>(inside, [&](int i) { return sums.at(i, j); }); });
  }
}

inline Dim blocks_of(const GatherShape& p, int tile) {
  const std::int64_t most_positions = std::int64_t{p.batch} * p.t.phase(0).positions * p.f.phase(0).positions;
  return {blocks_for(most_positions, tile), blocks_for(p.out_channels, tile),
          static_cast<unsigned>(p.t.phases * p.f.phases)};
}

// True when tiles of 128×128 fill a device.
inline bool wide(const GatherShape& p) {
  return p.out_channels > FloatTile<4>::kLines && blocks_of(p, FloatTile<8>::kLines).count() >= kEnoughTiles;
}

/// Tiles along the positions in the forward direction; `moments` of a launch has one row for each.
inline int tiles(const GatherShape& p) {
  return int(blocks_of(p, wide(p) ? FloatTile<8>::kLines : FloatTile<4>::kLines).x);
}

template <class T, TileMoments M>
void run(std::string_view name, const Gather<T>& p, const M& moments) {
  if (wide(p)) {
    launch(name, gather_kernel<T, 8, M>, {blocks_of(p, FloatTile<8>::kLines), {kThreads}}, {p, moments});
  } else {
    launch(name, gather_kernel<T, 4, M>, {blocks_of(p, FloatTile<4>::kLines), {kThreads}}, {p, moments});
  }
}

inline const char* why_not(const Conv2dProblem& p, std::int64_t channels_written, const Context& context) {
  if (channels_written < 4) return "fewer than 4 channels to write";
  return why_not_conv2d_tiles(p, context);
}

}  // namespace conv2d_tiled
}  // namespace sonograd::kernels::SONOGRAD_TARGET
