#include "kernels/conv2d/cuda/conv2d_many_taps.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

extern const KernelVariant<Conv2dForward> conv2d_forward_many_taps = {
    .name = "many_taps",
    .target = kTarget,
    .why_not = many_taps::why_not,
    .workspace = many_taps::forward_bytes,
    .run = [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context&, Workspace workspace) {
      many_taps::run_forward("conv2d_many_taps", p, a, NoMoments(), workspace);
    }};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
