// The kernel of conv2d_forward=many_taps, whose lanes also keep the moments of their 16 positions. A warp is a tile, so nothing
// is merged before the second kernel. It is faster than `tiled` as the convolution is, and than `composed`, which reads the map
// once more. Limit: the convolution.
#include "kernels/conv2d/cuda/conv2d_many_taps.cuh"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

std::int64_t tiles(const Conv2dBnStatsProblem& p) {
  return many_taps::tiles(many_taps::Lines::of(p));
}

const char* why_not(const Conv2dBnStatsProblem& p, const Context& context) {
  return many_taps::why_not(p, context);
}

std::size_t workspace(const Conv2dBnStatsProblem& p) {
  return MomentsOfMap::workspace(p, tiles(p)) + many_taps::forward_bytes(p);
}

void run(const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args& a, const Context&, Workspace scratch) {
  MomentsOfMap moments(p, tiles(p), scratch);
  many_taps::run_forward("conv2d_bn_stats_many_taps", p, convolution(a), moments.epilogue(), scratch);
  moments.merge(a);
}

}  // namespace

extern const KernelVariant<Conv2dBnStats> conv2d_bn_stats_many_taps = {
    .name = "many_taps", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
