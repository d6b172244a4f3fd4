#include "kernels/conv2d/cuda/conv2d_mma.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class Op>
const char* why_not(const Conv2dProblem& p, const Context& context) {
  return conv2d_mma::why_not(p, gather_shape<Op>(p), context);
}

template <class Op>
std::size_t workspace(const Conv2dProblem& p, const typename Op::Args&, const Context& context) {
  return conv2d_mma::workspace(p, gather_shape<Op>(p), context);
}

template <class Op>
void run(const Conv2dProblem& p, const typename Op::Args& args, const Context& context, Workspace workspace) {
  conv2d_mma::run("conv2d_mma", p, args, NoMoments(), context, workspace);
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_mma = {.name = "mma",
                                                                .target = kTarget,
                                                                .why_not = why_not<Conv2dForward>,
                                                                .workspace = workspace<Conv2dForward>,
                                                                .run = run<Conv2dForward>};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_mma = {
    .name = "mma",
    .target = kTarget,
    .why_not = why_not<Conv2dBackwardData>,
    .workspace = workspace<Conv2dBackwardData>,
    .run = run<Conv2dBackwardData>};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
