// First layers with wide filters, forward: products in float32.
//
// A warp owns 16 neighbouring positions of a line of y × 32 channels, a channel per lane; its block 8 such tiles, those of
// the same positions first. Per 16 taps it reads 32 elements of the map in 8 quads, the same for all lanes, and 16 weights
// for 256 products (many_taps.cuh). It is faster than `tiled`, which finds the pixel of every product anew and stages both
// operands between barriers. Limit: of 4 products that a multiprocessor can start in a clock, one in 10 is a load.
#pragma once

#include "kernels/conv2d/cuda/many_taps.cuh"
#include "kernels/conv2d/cuda/tile_moments.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace many_taps {

template <class T, class M>
struct ForwardParams {
  Lines lines;
  const float* map;     // copy_map
  const float* weight;  // copy_weight
  const T* bias;        // or null
  T* y;
  bool add;
  M moments;
};

template <class T, TileMoments M>
SONOGRAD_KERNEL(kThreads, forward_kernel, ForwardParams<T, M> params) {
  const Lines& l = params.lines;
  const int groups = l.channel_groups(), segments = l.segments();
  const std::int64_t tile = std::int64_t{blockIdx.x} * kWarps + warp_index();
  const Digits at = Digits::of(tile / groups, l.out_across, segments);  // example, line, segment
  if (at.high >= l.batch) return;
  const int o = int(tile % groups) * kLanes + int(lane_index()), first = at.low * kBlock;
  const int channel = o < l.channels ? o : l.channels - 1;
  const std::int64_t map_line = std::int64_t{at.high} * l.map_lines + at.middle * l.stride_across;

  float sums[kBlock] = {};
  const float* weight = params.weight + channel;
  for (int b = 0; b < l.tap_lines; ++b) {
    const float* line = params.map + (map_line + b * l.dilation_across) * l.pitch + first;
    for (int tap = 0; tap < l.taps; tap += kBlock, line += kBlock) {
      const Window x = Window::load(line);
      each_below(l.taps - tap, [&](int j) {
        const float w = weight[std::int64_t{j} * l.channels];
        SONOGRAD_UNROLL
        for (int i = 0; i < kBlock; ++i) sums[i] += x.at[i + j] * w;
      });
      weight += std::int64_t{kBlock} * l.channels;
    }
  }
  if (o >= l.channels) return;
  if constexpr (M::kStored) {
    const int inside = l.out_length - first;
    const unsigned which = inside < kBlock ? (1u << inside) - 1 : (1u << kBlock) - 1;
    params.moments.partial[tile / groups * l.channels + o] =
        moments_of<kBlock>(which, [&](int i) { return sums[i]; });
  }
  const float bias = params.bias ? widen(params.bias[o]) : 0.0f;
  const std::int64_t position = at.high * l.y_example() + at.middle * l.y_b + first * l.y_a;
  each_below(l.out_length - first, [&](int i) {
    write(params.y[(position + i * l.y_a) * l.channels + o], sums[i] + bias, params.add);
  });
}

/// Tiles along the positions; `moments` of a launch has one row for each.
inline std::int64_t tiles(const Lines& lines) {
  return std::int64_t{lines.batch} * lines.out_across * lines.segments();
}

inline std::size_t forward_bytes(const Conv2dProblem& p) {
  return map_bytes(p) + weight_bytes(p);
}

template <TileMoments M>
void run_forward(std::string_view name, const Conv2dProblem& p, const Conv2dForward::Args& a,
                 const M& moments, Workspace& workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const Lines lines = Lines::of(p);
    const float* map = copy_map(lines, a.x.data<T>(), workspace);
    const float* weight = copy_weight(lines, a.weight.data<T>(), workspace);
    launch(name, forward_kernel<T, M>,
           {{blocks_for(tiles(lines) * lines.channel_groups(), kWarps)}, {kThreads}},
           {lines, map, weight, a.bias.defined() ? a.bias.data<T>() : nullptr, a.y.data<T>(), a.y.adds(),
            moments});
  });
}

}  // namespace many_taps
}  // namespace sonograd::kernels::SONOGRAD_TARGET
