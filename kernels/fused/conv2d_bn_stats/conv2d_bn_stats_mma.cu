// The kernel of conv2d_forward=mma, whose threads also form the moments of the 8 × 16 sums that they hold, exactly. A
// column of a tile is merged over 8 lanes by shuffles and over 4 warps through 6 KiB of shared memory. It beats
// `composed` by one reading of the map; what limits it is the convolution.
#include "kernels/conv2d/cuda/conv2d_mma.cuh"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

// Without its tensors.
Gather geometry(const Conv2dBnStatsProblem& p) {
  return gather(p, Conv2dBnStats::Args());
}

const char* why_not(const Conv2dBnStatsProblem& p, const Context& context) {
  return conv2d_mma::why_not(p, geometry(p), context, conv2d_mma::kMomentBytes);
}

std::size_t workspace(const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args&, const Context& context) {
  const Gather g = geometry(p);
  return MomentsOfMap::workspace(p, conv2d_mma::boxes(g)) + conv2d_mma::workspace(g, context);
}

void run(const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args& a, const Context& context,
         Workspace scratch) {
  const Gather g = gather(p, a);
  MomentsOfMap moments(p, conv2d_mma::boxes(g), scratch);
  conv2d_mma::run("conv2d_bn_stats_mma", g, moments.leave(), context, scratch);
  moments.merge(a);
}

}  // namespace

extern const KernelVariant<Conv2dBnStats> conv2d_bn_stats_mma = {
    .name = "mma", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
