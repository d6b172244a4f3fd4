// The kernel of conv2d_forward=one_channel, whose threads also keep the moments of their positions, for 4 channels each.
// Two groups of lanes are merged by a shuffle and 4 warps through 3 KiB of shared memory. It is faster than `composed`,
// which reads the largest map of the network once more. Limit: writing that map.
#include "kernels/conv2d/cuda/conv2d_one_channel.cuh"
#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

std::int64_t tiles(const Conv2dBnStatsProblem& p) {
  return conv2d_one_channel::stretches(gather_shape<Conv2dForward>(p));
}

const char* why_not(const Conv2dBnStatsProblem& p, const Context& context) {
  return conv2d_one_channel::why_not(p, context);
}

std::size_t workspace(const Conv2dBnStatsProblem& p) {
  return MomentsOfMap::workspace(p, tiles(p));
}

void run(const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args& a, const Context&, Workspace scratch) {
  MomentsOfMap moments(p, tiles(p), scratch);
  visit_stored(p.dtype, [&](auto tag) {
    conv2d_one_channel::run("conv2d_bn_stats_one_channel", gather<decltype(tag)>(p, convolution(a)),
                            moments.epilogue());
  });
  moments.merge(a);
}

}  // namespace

extern const KernelVariant<Conv2dBnStats> conv2d_bn_stats_one_channel = {
    .name = "one_channel", .target = kTarget, .why_not = why_not, .workspace = workspace, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
