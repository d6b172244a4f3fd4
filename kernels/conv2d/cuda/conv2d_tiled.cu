#include "kernels/conv2d/cuda/conv2d_tiled.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

const char* why_not_forward(const Conv2dProblem& p, const Context& context) {
  return conv2d_tiled::why_not(p, p.out_channels, context);
}
const char* why_not_data(const Conv2dProblem& p, const Context& context) {
  return conv2d_tiled::why_not(p, p.in_channels, context);
}

template <class Args>
void run(const Conv2dProblem& p, const Args& args, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    conv2d_tiled::run("conv2d_tiled", gather<decltype(tag)>(p, args), NoMoments());
  });
}

}  // namespace

extern const KernelVariant<Conv2dForward> conv2d_forward_tiled = {
    .name = "tiled", .target = kTarget, .why_not = why_not_forward, .run = run<Conv2dForward::Args>};
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_tiled = {
    .name = "tiled", .target = kTarget, .why_not = why_not_data, .run = run<Conv2dBackwardData::Args>};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
