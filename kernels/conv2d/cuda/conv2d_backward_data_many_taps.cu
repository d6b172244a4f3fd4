// First layers with wide filters, gradient of the input: products in float32.
//
// A block of 8 warps owns 16 neighbouring positions of a line of dx. A warp takes 32 channels, one per lane, and 16 taps at a
// time: it reads 31 positions of dy and 16 weights for 256 products (many_taps.cuh). At the end it adds its lanes by shuffles,
// and the block its warps through 512 bytes of shared memory, both in a fixed order. It is faster than `naive`, whose threads
// read every operand of every product. Limit: of 4 products that a multiprocessor can start in a clock, one in 5 is a load.
#include "kernels/conv2d/cuda/many_taps.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

using many_taps::kBlock;
using many_taps::kThreads;
using many_taps::kWarps;

template <class T>
struct Params {
  many_taps::Lines lines;
  const float* weight;  // many_taps::copy_weight
  const T* dy;
  T* dx;
  bool add;
};

template <class T>
SONOGRAD_KERNEL(kThreads, many_taps_data_kernel, Params<T> params) {
  struct Smem {
    float sums[kWarps][kBlock];
  };
  Smem& smem = shared<Smem>();
  const many_taps::Lines& l = params.lines;
  const Digits at = Digits::of(std::int64_t{blockIdx.x}, l.across, (l.length + kBlock - 1) / kBlock);
  const int first = at.low * kBlock, groups = l.channel_groups(), tap_blocks = l.tap_blocks();
  const std::int64_t taps_padded = std::int64_t{tap_blocks} * kBlock;

  float sums[kBlock] = {};
  for (int part = int(warp_index()); part < l.tap_lines * groups * tap_blocks; part += kWarps) {
    const Digits of = Digits::of(part, groups, tap_blocks);  // line of the filter, channels, taps
    const int reach = at.middle + l.before_across - of.high * l.dilation_across;
    const int line = reach / l.stride_across, tap = of.low * kBlock;
    if (reach < 0 || reach % l.stride_across != 0 || line >= l.out_across) continue;
    const int o = of.middle * many_taps::kLanes + int(lane_index());
    if (o >= l.channels) continue;
    const std::int64_t position = at.high * l.y_example() + line * l.y_b;
    const int before = first + l.before - tap - (kBlock - 1);
    float dy[2 * kBlock - 1];
    SONOGRAD_UNROLL
    for (int m = 0; m < 2 * kBlock - 1; ++m) {
      const int a = before + m;
      dy[m] = a >= 0 && a < l.out_length ? widen(params.dy[(position + a * l.y_a) * l.channels + o]) : 0.0f;
    }
    const float* weight = params.weight + (of.high * taps_padded + tap) * l.channels + o;
    many_taps::each_below(l.taps - tap, [&](int j) {
      const float w = weight[std::int64_t{j} * l.channels];
      SONOGRAD_UNROLL
      for (int i = 0; i < kBlock; ++i) sums[i] += dy[i - j + kBlock - 1] * w;
    });
  }
  sync_warp();
  SONOGRAD_UNROLL
  for (int i = 0; i < kBlock; ++i) {
    const float sum = warp_sum(sums[i]);
    if (lane_index() == 0) smem.sums[warp_index()][i] = sum;
  }
  sync_block();
  const int i = int(threadIdx.x);
  if (i >= kBlock || first + i >= l.length) return;
  float sum = 0;
  for (int warp = 0; warp < kWarps; ++warp) sum += smem.sums[warp][i];
  write(params.dx[at.high * l.x_example() + at.middle * l.x_b + (first + i) * l.x_a], sum, params.add);
}

void run(const Conv2dProblem& p, const Conv2dBackwardData::Args& a, const Context&, Workspace workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    const auto lines = many_taps::Lines::of(p);
    const float* weight = many_taps::copy_weight(lines, a.weight.data<T>(), workspace);
    const std::int64_t blocks =
        std::int64_t{lines.batch} * lines.across * ((lines.length + kBlock - 1) / kBlock);
    launch("conv2d_backward_data_many_taps", many_taps_data_kernel<T>, {{blocks_for(blocks, 1)}, {kThreads}},
           {lines, weight, a.dy.data<T>(), a.dx.data<T>(), a.dx.adds()});
  });
}

}  // namespace

extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_many_taps = {
    .name = "many_taps",
    .target = kTarget,
    .why_not = many_taps::why_not,
    .workspace = many_taps::weight_bytes,
    .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
