// First layers, forward: a map with one channel, products in float32.
//
// A block of 128 threads owns up to 256 positions of a row of y × 64 channels. The rows of x under them and the 64
// filters are staged once; then each thread computes 8 positions × 4 neighbouring channels at a time: per tap one
// quad of weights and 8 pixels, which all threads of a position share, for 32 multiplications. Quads of channels are
// stored at once. Shared memory: 3 KiB of x and 2 KiB of weights for 3×3. It is faster than `tiled`, which pads the
// depth, the taps, to 16. Limit: writing y.
#pragma once

#include "kernels/conv2d/cuda/one_channel_rows.cuh"
#include "kernels/conv2d/cuda/tile_moments.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace conv2d_one_channel {

constexpr int kChannels = 64, kQuads = kChannels / 4, kGroups = 8, kThreads = kQuads * kGroups;
constexpr int kEach = 8;  // positions of a thread at a time, kGroups apart
constexpr int kLength = 256;
constexpr std::size_t kMostBytes = 48 * 1024;

template <class T, class M>
struct Params {
  Gather<T> problem;
  OneChannelRows rows;
  bool quads;  // alignment allows to write four channels at once
  M moments;
};

template <class T, TileMoments M>
SONOGRAD_KERNEL(kThreads, forward_kernel, Params<T, M> params) {
  const Gather<T>& p = params.problem;
  const OneChannelRows& rows = params.rows;
  const int taps = p.t.taps * p.f.taps, first_channel = int(blockIdx.y) * kChannels;
  float* weights = dynamic_shared<float>();  // [taps, kChannels]
  float* x = weights + taps * kChannels;
  const Digits stretch = rows.stretch(blockIdx.x);
  rows.stage(p.map, stretch, x);
  for (int i = int(threadIdx.x); i < taps * kChannels; i += kThreads) {
    const int tap = i / kChannels, o = first_channel + i % kChannels;
    weights[i] = o < p.out_channels ? widen(p.weight[o * p.out_step + tap]) : 0.0f;
  }
  sync_block();

  const int quad = int(threadIdx.x) % kQuads * 4, group = int(threadIdx.x) / kQuads;
  const int o = first_channel + quad, positions = rows.positions(stretch);
  T* out = p.out_at(stretch.high, stretch.middle, stretch.low) + o;
  [[maybe_unused]] Moments moments[4] = {};
  for (int first = group; first < positions; first += kEach * kGroups) {
    Vec<float, 4> sums[kEach] = {};
    for (int tap = 0; tap < taps; ++tap) {
      const auto w = load_vec<4>(weights + tap * kChannels + quad);
      const float* pixels = x + rows.tap(tap);
      SONOGRAD_UNROLL
      for (int i = 0; i < kEach; ++i) {
        const int u = first + i * kGroups;
        const float pixel = pixels[(u < positions ? u : first) * p.f.stride];
        for (int c = 0; c < 4; ++c) sums[i][c] += pixel * w[c];
      }
    }
    if constexpr (M::kStored) {
      unsigned inside = 0;
      for (int i = 0; i < kEach; ++i) inside |= unsigned(first + i * kGroups < positions) << i;
      for (int c = 0; c < 4; ++c) {
        const Moments more = moments_of<kEach>(inside, [&](int i) { return sums[i][c]; });
        moments[c] = Moments::merge(moments[c], more);
      }
    }
    SONOGRAD_UNROLL
    for (int i = 0; i < kEach; ++i) {
      const int u = first + i * kGroups;
      if (u >= positions) continue;
      T* to = out + std::int64_t{u} * p.out_channels;
      for (int c = 0; c < 4; ++c) {
        if (p.bias && o + c < p.out_channels) sums[i][c] += widen(p.bias[o + c]);
      }
      if (params.quads) {
        if (o < p.out_channels) write_vec<4>(to, sums[i], p.add);
        continue;
      }
      for (int c = 0; c < 4; ++c) {
        if (o + c < p.out_channels) write(to[c], sums[i][c], p.add);
      }
    }
  }
  if constexpr (M::kStored) {
    params.moments.template store<kThreads / int(kWarpSize), kChannels, kQuads, 4>(
        {int(blockIdx.x), first_channel, int(warp_index()), p.out_channels}, [&](int c) { return quad + c; },
        [&](int c) { return moments[c]; });
  }
}

inline std::size_t shared_bytes(const GatherShape& p, const OneChannelRows& rows) {
  return std::size_t(p.t.taps * p.f.taps * kChannels + rows.pixels()) * sizeof(float);
}

inline OneChannelRows rows_of(const GatherShape& p) {
  return OneChannelRows::of(p.t, p.f, p.batch, kLength);
}

/// Tiles along the positions; `moments` of a launch has one row for each.
inline std::int64_t stretches(const GatherShape& p) {
  return rows_of(p).stretches();
}

template <class T, TileMoments M>
void run(std::string_view name, const Gather<T>& p, const M& moments) {
  const OneChannelRows rows = rows_of(p);
  const Dim blocks = {static_cast<unsigned>(rows.stretches()), blocks_for(p.out_channels, kChannels)};
  launch(name, forward_kernel<T, M>, {blocks, {kThreads}, shared_bytes(p, rows)},
         {p, rows, p.out_channels % 4 == 0 && vector_aligned(p.out), moments});
}

inline const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (const char* reason = why_not_one_channel(p, context)) return reason;
  const GatherShape g = gather_shape<Conv2dForward>(p);
  return shared_bytes(g, rows_of(g)) > kMostBytes ? "the filters exceed shared memory" : nullptr;
}

}  // namespace conv2d_one_channel
}  // namespace sonograd::kernels::SONOGRAD_TARGET
