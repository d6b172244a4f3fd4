// The kernel of conv2d_forward=many_taps_mma, whose warps also compute the moments of their 64 positions: a lane those of 8, the
// rest by shuffles. It is faster than `many_taps` because of the tensor cores. Limit: the convolution.
#include "kernels/conv2d/cuda/conv2d_many_taps_mma.cuh"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

std::int64_t tiles(const Conv2dBnStatsProblem& p) {
  return many_taps::mma_tiles(many_taps::Lines::of(p));
}

const char* why_not(const Conv2dBnStatsProblem& p, const Context& context) {
  return many_taps::why_not_mma(p, context);
}

std::size_t workspace(const Conv2dBnStatsProblem& p) {
  return MomentsOfMap::workspace(p, tiles(p)) + many_taps::mma_bytes(p);
}

void run(const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args& a, const Context& context,
         Workspace scratch) {
  MomentsOfMap moments(p, tiles(p), scratch);
  many_taps::run_mma("conv2d_bn_stats_many_taps_mma", p, convolution(a), moments.epilogue(), context,
                     scratch);
  moments.merge(a);
}

}  // namespace

extern const KernelVariant<Conv2dBnStats> conv2d_bn_stats_many_taps_mma = {
    .name = "many_taps_mma", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
