// First layers with wide filters, gradient of the weight: products in float32.
//
// A warp owns 16 neighbouring taps × 32 channels of one slab (conv2d_split.cuh), a channel per lane; the 8 warps of a block
// have the same channels and the next taps, so that dy comes from the first-level cache for 7 of them. Per 16 positions of a
// line of y a warp reads 16 elements of dy and 32 of the map for 256 products (many_taps.cuh). It is faster than `tiled`,
// which finds the pixel of every product anew. Limit: dy is read once for every 128 taps.
#include "kernels/conv2d/cuda/conv2d_split.cuh"
#include "kernels/conv2d/cuda/many_taps.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

using many_taps::kBlock;
using many_taps::kThreads;

constexpr std::int64_t kShortest = 16;  // segments of a slab

template <class T>
struct Params {
  many_taps::Lines lines;
  const float* map;  // many_taps::copy_map
  const T* dy;
  float* dw;             // [slabs, channels, taps]
  std::int64_t stretch;  // segments of a slab
  bool add;
};

template <class T>
SONOGRAD_KERNEL(kThreads, many_taps_gradient_kernel, Params<T> params) {
  const many_taps::Lines& l = params.lines;
  const int block = int(blockIdx.x) * many_taps::kWarps + int(warp_index());
  const int b = block / l.tap_blocks(), tap = block % l.tap_blocks() * kBlock;
  if (b >= l.tap_lines) return;
  const int o = int(blockIdx.y) * many_taps::kLanes + int(lane_index());
  const int channel = o < l.channels ? o : l.channels - 1;
  const int segments = l.segments();
  const std::int64_t all = std::int64_t{l.batch} * l.out_across * segments,
                     begin = blockIdx.z * params.stretch;
  const std::int64_t end = begin + params.stretch < all ? begin + params.stretch : all;

  float sums[kBlock] = {};
  Digits at = Digits::of(begin, l.out_across, segments);  // example, line, segment
  for (std::int64_t index = begin; index < end; ++index) {
    const int first = at.low * kBlock;
    const std::int64_t map_line =
        std::int64_t{at.high} * l.map_lines + at.middle * l.stride_across + b * l.dilation_across;
    const many_taps::Window x = many_taps::Window::load(params.map + map_line * l.pitch + first + tap);
    const std::int64_t position = at.high * l.y_example() + at.middle * l.y_b + first * l.y_a;
    many_taps::each_below(l.out_length - first, [&](int i) {
      const float dy = widen(params.dy[(position + i * l.y_a) * l.channels + channel]);
      SONOGRAD_UNROLL
      for (int j = 0; j < kBlock; ++j) sums[j] += x.at[i + j] * dy;
    });
    at.advance(1, l.out_across, segments);
  }
  if (o >= l.channels) return;
  const std::int64_t taps = std::int64_t{l.taps} * l.tap_lines;
  float* dw = params.dw + (std::int64_t{blockIdx.z} * l.channels + o) * taps + b * l.tap_b + tap * l.tap_a;
  many_taps::each_below(l.taps - tap, [&](int j) { write(dw[j * l.tap_a], sums[j], params.add); });
}

Dim tiles_of(const many_taps::Lines& l) {
  return {blocks_for(std::int64_t{l.tap_lines} * l.tap_blocks(), many_taps::kWarps),
          static_cast<unsigned>(l.channel_groups())};
}

Split split_of(const Conv2dProblem& p) {
  const auto l = many_taps::Lines::of(p);
  return Split::of(std::int64_t{l.batch} * l.out_across * l.segments(), kShortest,
                   std::int64_t(tiles_of(l).count()));
}

void run(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, const Context&,
         Workspace workspace) {
  const auto lines = many_taps::Lines::of(p);
  const Split split = split_of(p);
  const float* map = nullptr;
  visit_stored(p.dtype,
               [&](auto tag) { map = many_taps::copy_map(lines, args.x.data<decltype(tag)>(), workspace); });
  Dim blocks = tiles_of(lines);
  blocks.z = static_cast<unsigned>(split.slabs);
  sum_slabs(p, args, split, workspace, [&]<class T>(const WeightGradient<T>& slabs) {
    launch("conv2d_backward_weight_many_taps", many_taps_gradient_kernel<T>, {blocks, {kThreads}},
           {lines, map, slabs.dy, slabs.dw, split.stretch, slabs.add});
  });
}

}  // namespace

extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_many_taps = {
    .name = "many_taps",
    .target = kTarget,
    .why_not = many_taps::why_not,
    .workspace = [](const Conv2dProblem& p) { return many_taps::map_bytes(p) + split_of(p).workspace(p); },
    .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
