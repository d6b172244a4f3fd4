#include "kernels/conv1d/conv1d.h"

#include "kernels/conv1d/conv1d_cpu.h"
#include "kernels/conv1d/conv1d_cuda.h"
#include "kernels/core/check.h"
#include "kernels/core/select.h"
#include "kernels/vendor/cudnn_conv.h"

namespace sonograd::kernels {
namespace {

// One row per line.
// clang-format off
constexpr const KernelVariant<Conv1dForward>* kForward[] = {
    &cpu::conv1d_forward_reference,
    &cpu::conv1d_forward_onednn,
    SONOGRAD_ON_CUDA(conv1d_forward_naive),
    SONOGRAD_ON_CUDA(conv1d_forward_tiled),
    SONOGRAD_ON_CUDA(conv1d_forward_mma),
    SONOGRAD_ON_CUDA(conv1d_forward_one_channel),
    SONOGRAD_CUDNN_ROW(conv1d_forward_cudnn)
};
constexpr const KernelVariant<Conv1dBackwardData>* kBackwardData[] = {
    &cpu::conv1d_backward_data_reference,
    &cpu::conv1d_backward_data_onednn,
    SONOGRAD_ON_CUDA(conv1d_backward_data_naive),
    SONOGRAD_ON_CUDA(conv1d_backward_data_tiled),
    SONOGRAD_ON_CUDA(conv1d_backward_data_mma),
    SONOGRAD_ON_CUDA(conv1d_backward_data_one_channel),
    SONOGRAD_CUDNN_ROW(conv1d_backward_data_cudnn)
};
constexpr const KernelVariant<Conv1dBackwardWeight>* kBackwardWeight[] = {
    &cpu::conv1d_backward_weight_reference,
    &cpu::conv1d_backward_weight_onednn,
    SONOGRAD_ON_CUDA(conv1d_backward_weight_naive),
    SONOGRAD_ON_CUDA(conv1d_backward_weight_tiled),
    SONOGRAD_ON_CUDA(conv1d_backward_weight_mma),
    SONOGRAD_ON_CUDA(conv1d_backward_weight_one_channel),
    SONOGRAD_CUDNN_ROW(conv1d_backward_weight_cudnn)
};
// clang-format on

}  // namespace

Conv1dProblem Conv1dProblem::make(const Shape& x, const Shape& weight, const Conv1dOptions& options,
                                  DType dtype) {
  const auto shapes = [&] { return concat("; x ", x, ", weight ", weight); };
  if (x.rank() != 3) throw ShapeError(concat("[conv1d] x wants 3 axes [N, T, C]", shapes()));
  if (weight.rank() != 3) throw ShapeError(concat("[conv1d] weight wants 3 axes [out, k, in]", shapes()));
  if (weight[2] != x[2]) {
    throw ShapeError(concat("[conv1d] weight wants ", weight[2], " input channels, x has ", x[2], shapes()));
  }
  const auto [stride, pad_before, pad_after, dilation] = options;
  if (stride < 1 || dilation < 1) throw ShapeError("[conv1d] stride and dilation must be at least 1");
  if (pad_before < 0 || pad_after < 0) throw ShapeError("[conv1d] padding must not be negative");
  Conv1dProblem p;
  p.batch = x[0], p.t = x[1], p.in_channels = x[2];
  p.out_channels = weight[0], p.kernel = weight[1];
  p.options = options;
  p.dtype = dtype;
  const std::int64_t room = p.t + pad_before + pad_after - dilation * (p.kernel - 1) - 1;
  if (room < 0) throw ShapeError(concat("[conv1d] the sequence is shorter than the kernel", shapes()));
  p.out_t = room / stride + 1;
  return p;
}

double Conv1dProblem::flops() const {
  return 2.0 * static_cast<double>(output_shape().numel()) * static_cast<double>(kernel * in_channels);
}

double Conv1dProblem::bytes() const {
  return static_cast<double>(size_of(dtype)) *
         static_cast<double>(input_shape().numel() + weight_shape().numel() + output_shape().numel());
}

std::string Conv1dProblem::summary() const {
  return concat(input_shape(), " weight ", weight_shape(), " stride ", options.stride, " padding ",
                options.pad_before, ',', options.pad_after, " dilation ", options.dilation, ' ',
                name_of(dtype));
}

void conv1d_forward(const Conv1dProblem& p, const View& x, const View& weight, const View& bias, const Out& y,
                    WeightCache* cache) {
  check_dense("conv1d", "x", x, p.input_shape(), p.dtype);
  check_dense("conv1d", "weight", weight, p.weight_shape(), p.dtype);
  if (bias.defined()) check_dense("conv1d", "bias", bias, {p.out_channels}, p.dtype);
  check_dense("conv1d", "y", y.view, p.output_shape(), p.dtype);
  run<Conv1dForward>(kForward, p, {x, weight, bias, y, cache});
}

void conv1d_backward_data(const Conv1dProblem& p, const View& dy, const View& weight, const Out& dx) {
  check_dense("conv1d", "dy", dy, p.output_shape(), p.dtype);
  check_dense("conv1d", "weight", weight, p.weight_shape(), p.dtype);
  check_dense("conv1d", "dx", dx.view, p.input_shape(), p.dtype);
  run<Conv1dBackwardData>(kBackwardData, p, {dy, weight, dx});
}

void conv1d_backward_weight(const Conv1dProblem& p, const View& x, const View& dy, const Out& dw) {
  check_dense("conv1d", "x", x, p.input_shape(), p.dtype);
  check_dense("conv1d", "dy", dy, p.output_shape(), p.dtype);
  check_dense("conv1d", "dw", dw.view, p.weight_shape(), p.dtype);
  run<Conv1dBackwardWeight>(kBackwardWeight, p, {x, dy, dw});
}

TableList conv1d_tables() {
  return {describe<Conv1dForward>(kForward), describe<Conv1dBackwardData>(kBackwardData),
          describe<Conv1dBackwardWeight>(kBackwardWeight)};
}

}  // namespace sonograd::kernels
