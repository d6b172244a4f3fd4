// First layers with wide filters, forward, on tensor cores: products of tf32 or bf16, sums in float32.
//
// A warp owns 4 stretches of 16 positions × 32 channels: 4×4 accumulators, 64 registers per thread. Per 16 taps (8 for tf32) it
// reads 16 words of the map, which are windows (many_taps_mma.cuh), and 8 words of the weight, laid out as lanes hold them, for
// 16 products of fragments. The warps of a block take the same positions first, so that the map comes from the first-level
// cache. It is faster than `many_taps` because of the tensor cores. Limit: 24 words are loaded for 16 products of fragments.
#pragma once

#include "kernels/conv2d/cuda/many_taps_mma.cuh"
#include "kernels/conv2d/cuda/tile_moments.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace many_taps {

constexpr int kM = 4, kN = 4, kMmaChannels = kN * 8;
constexpr int kWords = 2 * kN;  // of the weight that a lane holds per step

// Taps of a line in whole steps of kMmaK<T>.
template <class T>
constexpr int mma_steps(const Lines& l) {
  return (l.taps + kMmaK<T> - 1) / kMmaK<T>;
}
constexpr int mma_groups(const Lines& l) {
  return (l.channels + kMmaChannels - 1) / kMmaChannels;
}

// ---- weights as lanes hold them: [line, step, group of channels, lane, kWords]

template <class S, class T>
SONOGRAD_KERNEL(kCopyThreads, weight_words_kernel, WordParams<S> params) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kCopyThreads + threadIdx.x;
  if (i >= params.count) return;
  const Lines& l = params.lines;
  const int word = int(i % kWords), lane = int(i / kWords % kLanes);
  const Digits at = Digits::of(i / (kWords * kLanes), mma_steps<T>(l), mma_groups(l));
  const int o = at.low * kMmaChannels + word / 2 * 8 + lane / 4;
  const int tap = at.middle * kMmaK<T> + lane % 4 * kPerWord<T> + word % 2 * kMmaK<T> / 2;
  const auto value = [&](int j) {
    if (o >= l.channels || j >= l.taps) return 0.0f;
    return widen(params.from[std::int64_t{o} * l.taps * l.tap_lines + at.high * l.tap_b + j * l.tap_a]);
  };
  params.to[i] = word_of<T>(value(tap), value(tap + 1));
}

template <class T>
std::int64_t weight_words(const Lines& l) {
  return std::int64_t{l.tap_lines} * mma_steps<T>(l) * mma_groups(l) * kLanes * kWords;
}

// ---- products

template <class S, class M>
struct MmaParams {
  Lines lines;
  const std::uint32_t *map, *weight;
  const S* bias;  // or null
  S* y;
  bool add;
  M moments;
};

template <class S, class T, TileMoments M>
SONOGRAD_KERNEL(kThreads, mma_kernel, MmaParams<S, M> params) {
  const Lines& l = params.lines;
  const int groups = mma_groups(l), segments = l.segments(), steps = mma_steps<T>(l);
  const std::int64_t task = std::int64_t{blockIdx.x} * kWarps + warp_index();
  const std::int64_t all = std::int64_t{l.batch} * l.out_across * segments;
  const int group = int(task % groups);
  const std::int64_t first_segment = task / groups * kM;
  if (first_segment >= all) return;

  Digits at[kM];  // example, line, segment; those beyond the last repeat it
  const std::uint32_t* lines[kM];
  SONOGRAD_UNROLL
  for (int i = 0; i < kM; ++i) {
    at[i] = Digits::of(first_segment + i < all ? first_segment + i : all - 1, l.out_across, segments);
    const std::int64_t map_line = std::int64_t{at[i].high} * l.map_lines + at[i].middle * l.stride_across;
    lines[i] = params.map + map_line * l.pitch + at[i].low * kBlock;
  }
  Accumulator acc[kM][kN] = {};
  const std::uint32_t* weight = params.weight + (std::int64_t{group} * kLanes + lane_index()) * kWords;
  for (int b = 0; b < l.tap_lines; ++b) {
    const std::int64_t line = std::int64_t{b} * l.dilation_across * l.pitch;
    for (int step = 0; step < steps; ++step) {
      FragmentA<T> x[kM];
      FragmentB<T> w[kN];
      SONOGRAD_UNROLL
      for (int i = 0; i < kWords; i += 4) {
        const auto words = load_vec<4>(weight + i);
        for (int k = 0; k < 4; ++k) w[(i + k) / 2].words[k % 2] = words[k];
      }
      SONOGRAD_UNROLL
      for (int i = 0; i < kM; ++i) load_window(x[i], lines[i] + line + step * kMmaK<T>);
      if (const int left = l.taps - step * kMmaK<T>; left < kMmaK<T>) {
        for (int i = 0; i < kM; ++i) mask_window(x[i], left);
      }
      mma(acc, x, w);
      weight += std::int64_t{groups} * kLanes * kWords;
    }
  }

  if constexpr (M::kStored) {
    // A lane has rows lane / 4 and 8 below it of each stretch; lanes 4 apart have the same columns.
    unsigned inside = 0;
    for (int i = 0; i < 2 * kM; ++i) {
      const int row = int(lane_index() / 4) + i % 2 * 8;
      const bool is_inside = first_segment + i / 2 < all && at[i / 2].low * kBlock + row < l.out_length;
      inside |= unsigned(is_inside) << i;
    }
    SONOGRAD_UNROLL
    for (int j = 0; j < 2 * kN; ++j) {
      Moments m =
          moments_of<2 * kM>(inside, [&](int i) { return acc[i / 2][j / 2].values[i % 2 * 2 + j % 2]; });
      SONOGRAD_UNROLL
      for (unsigned apart = kWarpSize / 2; apart >= 4; apart /= 2)
        m = Moments::merge(m, warp_shuffle_xor(m, apart));
      const int o = group * kMmaChannels + j / 2 * 8 + acc_col(lane_index(), j % 2);
      if (lane_index() < 4 && o < l.channels) params.moments.partial[task / groups * l.channels + o] = m;
    }
  }
  SONOGRAD_UNROLL
  for (int i = 0; i < kM; ++i) {
    if (first_segment + i >= all) continue;
    const int first = at[i].low * kBlock;
    const std::int64_t position = at[i].high * l.y_example() + at[i].middle * l.y_b + first * l.y_a;
    SONOGRAD_UNROLL
    for (int j = 0; j < kN; ++j) {
      SONOGRAD_UNROLL
      for (int value = 0; value < 4; ++value) {
        const int row = acc_row(lane_index(), value);
        const int o = group * kMmaChannels + j * 8 + acc_col(lane_index(), value);
        if (first + row >= l.out_length || o >= l.channels) continue;
        const float bias = params.bias ? widen(params.bias[o]) : 0.0f;
        write(params.y[(position + row * l.y_a) * l.channels + o], acc[i][j].values[value] + bias,
              params.add);
      }
    }
  }
}

/// Tiles along the positions; `moments` of a launch has one row for each.
inline std::int64_t mma_tiles(const Lines& lines) {
  return (std::int64_t{lines.batch} * lines.out_across * lines.segments() + kM - 1) / kM;
}

inline std::size_t mma_bytes(const Conv2dProblem& p) {
  return map_words_bytes(p) + Workspace::bytes<std::uint32_t>(std::size_t(weight_words<float>(Lines::of(p))));
}

template <TileMoments M>
void run_mma(std::string_view name, const Conv2dProblem& p, const Conv2dForward::Args& a, const M& moments,
             const Context& context, Workspace& workspace) {
  const Lines lines = Lines::of(p);
  with_operands(p, context, [&](auto stored, auto factor) {
    using S = decltype(stored);
    using T = decltype(factor);
    const std::uint32_t* map = copy_map_words<S, T>(lines, a.x.data<S>(), workspace);
    const std::int64_t count = weight_words<T>(lines);
    std::uint32_t* weight = workspace.take<std::uint32_t>(std::size_t(count));
    launch("many_taps_weight", weight_words_kernel<S, T>, {{blocks_for(count, kCopyThreads)}, {kCopyThreads}},
           {lines, a.weight.data<S>(), weight, count});
    launch(name, mma_kernel<S, T, M>,
           {{blocks_for(mma_tiles(lines) * mma_groups(lines), kWarps)}, {kThreads}},
           {lines, map, weight, a.bias.defined() ? a.bias.data<S>() : nullptr, a.y.data<S>(), a.y.adds(),
            moments});
  });
}

}  // namespace many_taps
}  // namespace sonograd::kernels::SONOGRAD_TARGET
