// First layers, gradient of the weight: a map with one channel, products in float32.
//
// A block of 128 threads owns 64 out channels × 9 taps of one slab (conv2d_split.cuh); a thread 4 neighbouring
// channels × all taps, 36 sums, over every eighth position. It processes its stretches of rows one by one: the rows of
// x under one are staged in shared memory, dy is read once, in whole quads. The sums of the 8 threads of a quad are
// added in order at the end. Sums are short before they are added to others: behind a batch norm dy sums to zero, and
// nearly all of it cancels. It is faster than `tiled` because no columns are empty. Limit: reading dy, once for every 9
// taps.
#include "kernels/conv2d/cuda/conv2d_split.cuh"
#include "kernels/conv2d/cuda/one_channel_rows.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kChannels = 64, kQuads = kChannels / 4, kGroups = 8, kThreads = kQuads * kGroups;
constexpr int kTaps = 9, kMostTaps = 4 * kTaps;
constexpr int kLength = 256;            // positions of a stretch
constexpr std::int64_t kShortest = 16;  // stretches of a slab
constexpr std::size_t kMostBytes = 24 * 1024;

template <class T>
struct Params {
  WeightGradient<T> problem;
  OneChannelRows rows;
  std::int64_t per_slab;  // stretches
  bool quads;             // alignment allows to read four channels at once
};

template <class T>
SONOGRAD_KERNEL(kThreads, one_channel_kernel, Params<T> params) {
  struct Smem {
    float sums[kGroups][kTaps][kChannels];
  };
  Smem& smem = shared<Smem>();
  float* x = dynamic_shared<float>();
  const WeightGradient<T>& p = params.problem;
  const OneChannelRows& rows = params.rows;
  const int taps = p.t.taps * p.f.taps, first_tap = int(blockIdx.x) * kTaps;
  const int first_channel = int(blockIdx.y) * kChannels;
  const int quad = int(threadIdx.x) % kQuads * 4, group = int(threadIdx.x) / kQuads;
  const int o = first_channel + quad;
  int pixel_of[kTaps];  // taps beyond the last repeat it
  SONOGRAD_UNROLL
  for (int i = 0; i < kTaps; ++i) pixel_of[i] = rows.tap(first_tap + i < taps ? first_tap + i : taps - 1);

  Vec<float, 4> sums[kTaps] = {};
  const std::int64_t begin = blockIdx.z * params.per_slab, all = rows.stretches();
  const std::int64_t end = begin + params.per_slab < all ? begin + params.per_slab : all;
  for (std::int64_t index = begin; index < end; ++index) {
    const Digits stretch = rows.stretch(index);
    sync_block();
    rows.stage(p.x, stretch, x);
    sync_block();
    const int positions = rows.positions(stretch);
    const T* from =
        p.dy + ((std::int64_t{stretch.high} * p.t.written + stretch.middle) * p.f.written + stretch.low) *
                   p.out_channels;
    for (int u = group; u < positions; u += kGroups) {
      const auto dy = load_quad(from + std::int64_t{u} * p.out_channels, o, p.out_channels, params.quads);
      SONOGRAD_UNROLL
      for (int i = 0; i < kTaps; ++i) {
        const float pixel = x[pixel_of[i] + u * p.f.stride];
        for (int c = 0; c < 4; ++c) sums[i][c] += pixel * dy[c];
      }
    }
  }

  SONOGRAD_UNROLL
  for (int i = 0; i < kTaps; ++i) {
    for (int c = 0; c < 4; ++c) smem.sums[group][i][quad + c] = sums[i][c];
  }
  sync_block();
  float* dw = p.dw + blockIdx.z * p.out_channels * p.columns();
  for (int i = int(threadIdx.x); i < kTaps * kChannels; i += kThreads) {
    const int tap = i / kChannels, channel = i % kChannels;
    if (first_tap + tap >= taps || first_channel + channel >= p.out_channels) continue;
    float sum = 0;
    for (int g = 0; g < kGroups; ++g) sum += smem.sums[g][tap][channel];
    write(dw[std::int64_t{first_channel + channel} * taps + first_tap + tap], sum, p.add);
  }
}

template <class T>
OneChannelRows rows_of(const WeightGradient<T>& p) {
  return OneChannelRows::of(p.t, p.f, p.batch, kLength);
}

Dim tiles_of(const Conv2dProblem& p) {
  return {blocks_for(p.kernel.t * p.kernel.f, kTaps), blocks_for(p.out_channels, kChannels)};
}

Split split_of(const Conv2dProblem& p) {
  return Split::of(rows_of(weight_gradient_shape(p)).stretches(), kShortest,
                   std::int64_t(tiles_of(p).count()));
}

const char* why_not(const Conv2dProblem& p, const Context& context) {
  if (const char* reason = why_not_one_channel(p, context)) return reason;
  if (p.kernel.t * p.kernel.f > kMostTaps) return "more than 36 taps";
  const std::size_t bytes = std::size_t(rows_of(weight_gradient_shape(p)).pixels()) * sizeof(float);
  return bytes > kMostBytes ? "the rows under a stretch exceed shared memory" : nullptr;
}

void run(const Conv2dProblem& p, const Conv2dBackwardWeight::Args& args, const Context&,
         Workspace workspace) {
  const Split split = split_of(p);
  Dim blocks = tiles_of(p);
  blocks.z = static_cast<unsigned>(split.slabs);
  sum_slabs(p, args, split, workspace, [&]<class T>(const WeightGradient<T>& slabs) {
    const OneChannelRows rows = rows_of(slabs);
    launch("conv2d_backward_weight_one_channel", one_channel_kernel<T>,
           {blocks, {kThreads}, std::size_t(rows.pixels()) * sizeof(float)},
           {slabs, rows, split.stretch, slabs.out_channels % 4 == 0 && vector_aligned(slabs.dy)});
  });
}

}  // namespace

extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_one_channel = {
    .name = "one_channel",
    .target = kTarget,
    .why_not = why_not,
    .workspace = [](const Conv2dProblem& p) { return split_of(p).workspace(p); },
    .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
