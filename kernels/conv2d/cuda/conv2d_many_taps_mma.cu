#include "kernels/conv2d/cuda/conv2d_many_taps_mma.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

extern const KernelVariant<Conv2dForward> conv2d_forward_many_taps_mma = {
    .name = "many_taps_mma",
    .target = kTarget,
    .why_not = many_taps::why_not_mma,
    .workspace = many_taps::mma_bytes,
    .run = [](const Conv2dProblem& p, const Conv2dForward::Args& a, const Context& context,
              Workspace workspace) {
      many_taps::run_mma("conv2d_many_taps_mma", p, a, NoMoments(), context, workspace);
    }};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
