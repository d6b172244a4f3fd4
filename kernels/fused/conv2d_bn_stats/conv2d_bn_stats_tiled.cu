// The kernel of conv2d_forward=tiled, whose threads also compute the moments of the 8×8 or 4×4 sums in their registers, in
// two passes over these. A column of a tile is merged over two lanes by a shuffle and over 8 warps through 12 KiB of shared
// memory. It is faster than `composed`, which reads the map once more. Limit: the convolution.
#include "kernels/conv2d/cuda/conv2d_tiled.cuh"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

int tiles(const Conv2dBnStatsProblem& p) {
  return conv2d_tiled::tiles(gather_shape<Conv2dForward>(p));
}

const char* why_not(const Conv2dBnStatsProblem& p, const Context& context) {
  return conv2d_tiled::why_not(p, p.out_channels, context);
}

std::size_t workspace(const Conv2dBnStatsProblem& p) {
  return MomentsOfMap::workspace(p, tiles(p));
}

void run(const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args& a, const Context&, Workspace scratch) {
  MomentsOfMap moments(p, tiles(p), scratch);
  visit_stored(p.dtype, [&](auto tag) {
    conv2d_tiled::run("conv2d_bn_stats_tiled", gather<decltype(tag)>(p, convolution(a)), moments.epilogue());
  });
  moments.merge(a);
}

}  // namespace

extern const KernelVariant<Conv2dBnStats> conv2d_bn_stats_tiled = {
    .name = "tiled", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
