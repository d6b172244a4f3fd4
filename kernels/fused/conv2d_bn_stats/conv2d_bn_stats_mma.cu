// The kernel of conv2d_forward=mma, whose threads also compute the moments of the 8 × 16 sums in their registers, in two
// passes over these. A column of a tile is merged over 8 lanes by shuffles and over 4 warps through 6 KiB of shared memory.
// It is faster than `composed`, which reads the map once more. Limit: the convolution.
#include "kernels/conv2d/cuda/conv2d_mma.cuh"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

const char* why_not(const Conv2dBnStatsProblem& p, const Context& context) {
  return conv2d_mma::why_not(p, gather_shape<Conv2dForward>(p), context, conv2d_mma::kMomentBytes);
}

std::size_t workspace(const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args&, const Context& context) {
  const GatherShape g = gather_shape<Conv2dForward>(p);
  return MomentsOfMap::workspace(p, conv2d_mma::boxes(g)) + conv2d_mma::workspace(p, g, context);
}

void run(const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args& a, const Context& context,
         Workspace scratch) {
  MomentsOfMap moments(p, conv2d_mma::boxes(gather_shape<Conv2dForward>(p)), scratch);
  conv2d_mma::run("conv2d_bn_stats_mma", p, convolution(a), moments.epilogue(), context, scratch);
  moments.merge(a);
}

}  // namespace

extern const KernelVariant<Conv2dBnStats> conv2d_bn_stats_mma = {
    .name = "mma", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
