// First layers with wide filters, gradient of the weight, on tensor cores: products of tf32 or bf16, sums in float32.
//
// A warp owns 32 neighbouring taps × 32 channels of one slab (conv2d_split.cuh): 2×4 accumulators. Per stretch of 16 positions of
// a line of y (two steps of 8 for tf32) it reads the windows of the map under them (many_taps_mma.cuh), and its words of dy, one
// element at a time, in whole sectors of 8 channels. The warps of a block have the same channels and the next taps, so that dy
// comes from the first-level cache for 7 of them. It is faster than `many_taps` because of the tensor cores. Limit: 16 elements
// of dy are loaded and rounded for 8 products of fragments.
#include "kernels/conv2d/cuda/conv2d_split.cuh"
#include "kernels/conv2d/cuda/many_taps_mma.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

using many_taps::kBlock;
using many_taps::kThreads;

constexpr int kM = 2, kN = 4, kTaps = kM * kBlock, kChannels = kN * 8;
constexpr std::int64_t kShortest = 16;  // segments of a slab

template <class S>
struct Params {
  many_taps::Lines lines;
  const std::uint32_t* map;  // many_taps::copy_map_words
  const S* dy;
  float* dw;             // [slabs, channels, taps]
  std::int64_t stretch;  // segments of a slab
  bool add;
};

constexpr int tap_tiles(const many_taps::Lines& l) {
  return (l.taps + kTaps - 1) / kTaps;
}

template <class S, class T>
SONOGRAD_KERNEL(kThreads, many_taps_gradient_mma_kernel, Params<S> params) {
  const many_taps::Lines& l = params.lines;
  const int tile = int(blockIdx.x) * many_taps::kWarps + int(warp_index());
  const int b = tile / tap_tiles(l), tap = tile % tap_tiles(l) * kTaps;
  if (b >= l.tap_lines) return;
  const int first_channel = int(blockIdx.y) * kChannels, segments = l.segments();
  const std::int64_t all = std::int64_t{l.batch} * l.out_across * segments,
                     begin = blockIdx.z * params.stretch;
  const std::int64_t end = begin + params.stretch < all ? begin + params.stretch : all;
  const int column = int(lane_index() / 4), t = int(lane_index() % 4) * many_taps::kPerWord<T>;
  // The second half of the taps of a tile may lie beyond the filter, and beyond the copy of the map.
  const bool whole = tap + kBlock < l.taps;

  Accumulator acc[kM][kN] = {};
  Digits at = Digits::of(begin, l.out_across, segments);  // example, line, segment
  for (std::int64_t index = begin; index < end; ++index) {
    const int first = at.low * kBlock;
    const std::int64_t map_line =
        std::int64_t{at.high} * l.map_lines + at.middle * l.stride_across + b * l.dilation_across;
    const std::uint32_t* window = params.map + map_line * l.pitch + first + tap;
    const S* dy = params.dy + (at.high * l.y_example() + at.middle * l.y_b + first * l.y_a) * l.channels;
    const int positions = l.out_length - first;
    SONOGRAD_UNROLL
    for (int k = 0; k < kBlock; k += kMmaK<T>) {
      FragmentA<T> x[kM] = {};
      FragmentB<T> gradient[kN];
      many_taps::load_window(x[0], window + k);
      if (whole) many_taps::load_window(x[1], window + kBlock + k);
      if (positions - k < kMmaK<T>) {
        for (int i = 0; i < kM; ++i) many_taps::mask_window(x[i], positions - k);
      }
      SONOGRAD_UNROLL
      for (int j = 0; j < kN; ++j) {
        const int o = first_channel + j * 8 + column;
        const auto value = [&](int position) {
          return position < positions && o < l.channels ? widen(dy[position * l.y_a * l.channels + o]) : 0.0f;
        };
        SONOGRAD_UNROLL
        for (int half = 0; half < 2; ++half) {
          const int position = k + t + half * kMmaK<T> / 2;
          gradient[j].words[half] = many_taps::word_of<T>(
              value(position), many_taps::kPerWord<T> == 2 ? value(position + 1) : 0.0f);
        }
      }
      mma(acc, x, gradient);
    }
    at.advance(1, l.out_across, segments);
  }

  const std::int64_t taps = std::int64_t{l.taps} * l.tap_lines;
  SONOGRAD_UNROLL
  for (int i = 0; i < kM; ++i) {
    SONOGRAD_UNROLL
    for (int j = 0; j < kN; ++j) {
      SONOGRAD_UNROLL
      for (int value = 0; value < 4; ++value) {
        const int at_tap = tap + i * kBlock + acc_row(lane_index(), value);
        const int o = first_channel + j * 8 + acc_col(lane_index(), value);
        if (at_tap >= l.taps || o >= l.channels) continue;
        float* dw = params.dw + (std::int64_t{blockIdx.z} * l.channels + o) * taps;
        write(dw[b * l.tap_b + at_tap * l.tap_a], acc[i][j].values[value], params.add);
      }
    }
  }
}

Dim tiles_of(const many_taps::Lines& l) {
  return {blocks_for(std::int64_t{l.tap_lines} * tap_tiles(l), many_taps::kWarps),
          blocks_for(l.channels, kChannels)};
}

Split split_of(const Conv2dProblem& p) {
  const auto l = many_taps::Lines::of(p);
  return Split::of(std::int64_t{l.batch} * l.out_across * l.segments(), kShortest,
                   std::int64_t(tiles_of(l).count()));
}

// S: element type of the maps.
template <class S, class T>
void run_with(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, Workspace& workspace) {
  const auto lines = many_taps::Lines::of(p);
  const Split split = split_of(p);
  const std::uint32_t* map = many_taps::copy_map_words<S, T>(lines, args.x.data<S>(), workspace);
  Dim blocks = tiles_of(lines);
  blocks.z = static_cast<unsigned>(split.slabs);
  sum_slabs(p, args, split, workspace, [&]<class Stored>(const WeightGradient<Stored>& slabs) {
    if constexpr (std::is_same_v<Stored, S>) {
      launch("conv2d_backward_weight_many_taps_mma", many_taps_gradient_mma_kernel<S, T>,
             {blocks, {kThreads}}, {lines, map, slabs.dy, slabs.dw, split.stretch, slabs.add});
    }
  });
}

void run(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, const Context& context,
         Workspace workspace) {
  with_operands(p, context, [&](auto stored, auto factor) {
    run_with<decltype(stored), decltype(factor)>(p, args, workspace);
  });
}

}  // namespace

extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_many_taps_mma = {
    .name = "many_taps_mma",
    .target = kTarget,
    .why_not = many_taps::why_not_mma,
    .workspace =
        [](const Conv2dProblem& p) { return many_taps::map_words_bytes(p) + split_of(p).workspace(p); },
    .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
