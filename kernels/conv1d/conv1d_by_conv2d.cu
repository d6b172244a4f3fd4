// The CUDA rows of conv1d: those of conv2d, for a map with a single row. Each is what its namesake there is.
#include "kernels/conv1d/as_conv2d.h"
#include "kernels/conv1d/conv1d_cuda.h"
#include "kernels/conv2d/conv2d_cuda.h"
#include "kernels/simt/keywords.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class Op, const auto& kConv2dRow>
constexpr KernelVariant<Op> row(std::string_view name) {
  return {.name = name,
          .target = kTarget,
          .why_not = [](const Conv1dProblem& p,
                        const Context& context) { return kConv2dRow.why_not(as_conv2d(p), context); },
          .workspace =
              [](const Conv1dProblem& p) {
                return kConv2dRow.workspace ? kConv2dRow.workspace(as_conv2d(p)) : std::size_t{0};
              },
          .run = [](const Conv1dProblem& p, const typename Op::Args& args,
                    Workspace workspace) { kConv2dRow.run(as_conv2d(p), as_conv2d(args), workspace); }};
}

}  // namespace

const KernelVariant<Conv1dForward> conv1d_forward_naive = row<Conv1dForward, conv2d_forward_naive>("naive");
const KernelVariant<Conv1dBackwardData> conv1d_backward_data_naive =
    row<Conv1dBackwardData, conv2d_backward_data_naive>("naive");
const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_naive =
    row<Conv1dBackwardWeight, conv2d_backward_weight_naive>("naive");
const KernelVariant<Conv1dForward> conv1d_forward_tiled = row<Conv1dForward, conv2d_forward_tiled>("tiled");
const KernelVariant<Conv1dBackwardData> conv1d_backward_data_tiled =
    row<Conv1dBackwardData, conv2d_backward_data_tiled>("tiled");
const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_tiled =
    row<Conv1dBackwardWeight, conv2d_backward_weight_tiled>("tiled");
const KernelVariant<Conv1dForward> conv1d_forward_mma = row<Conv1dForward, conv2d_forward_mma>("mma");
const KernelVariant<Conv1dBackwardData> conv1d_backward_data_mma =
    row<Conv1dBackwardData, conv2d_backward_data_mma>("mma");
const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_mma =
    row<Conv1dBackwardWeight, conv2d_backward_weight_mma>("mma");
const KernelVariant<Conv1dForward> conv1d_forward_one_channel =
    row<Conv1dForward, conv2d_forward_one_channel>("one_channel");
const KernelVariant<Conv1dBackwardData> conv1d_backward_data_one_channel =
    row<Conv1dBackwardData, conv2d_backward_data_one_channel>("one_channel");
const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_one_channel =
    row<Conv1dBackwardWeight, conv2d_backward_weight_one_channel>("one_channel");

}  // namespace sonograd::kernels::SONOGRAD_TARGET
