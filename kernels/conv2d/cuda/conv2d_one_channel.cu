#include "kernels/conv2d/cuda/conv2d_one_channel.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

void run(const Conv2dProblem& p, const Conv2dForward::Args& args, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    conv2d_one_channel::run("conv2d_one_channel", gather<decltype(tag)>(p, args), NoMoments());
  });
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_one_channel = {
    .name = "one_channel", .target = kTarget, .why_not = conv2d_one_channel::why_not, .run = run};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
