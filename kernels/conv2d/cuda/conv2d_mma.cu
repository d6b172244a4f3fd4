#include "kernels/conv2d/cuda/conv2d_mma.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class Args>
const char* why_not(const Conv2dProblem& p, const Context& context) {
  return conv2d_mma::why_not(p, gather(p, Args()), context);
}

template <class Args>
std::size_t workspace(const Conv2dProblem& p, const Args&, const Context& context) {
  return conv2d_mma::workspace(gather(p, Args()), context);
}

template <class Args>
void run(const Conv2dProblem& p, const Args& args, const Context& context, Workspace workspace) {
  conv2d_mma::run("conv2d_mma", gather(p, args), NoMoments(), context, workspace);
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_mma = {.name = "mma",
                                                                .target = kTarget,
                                                                .why_not = why_not<Conv2dForward::Args>,
                                                                .workspace = workspace<Conv2dForward::Args>,
                                                                .run = run<Conv2dForward::Args>};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_mma = {
    .name = "mma",
    .target = kTarget,
    .why_not = why_not<Conv2dBackwardData::Args>,
    .workspace = workspace<Conv2dBackwardData::Args>,
    .run = run<Conv2dBackwardData::Args>};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
