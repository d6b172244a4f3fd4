#include "kernels/conv2d/conv2d.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/zero.h"
#include "kernels/vendor/cudnn_conv.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<Conv2dForward> conv2d_forward_reference, conv2d_forward_onednn,
    conv2d_forward_gathered, conv2d_forward_winograd, conv2d_forward_winograd_lines,
    conv2d_forward_one_channel, conv2d_forward_many_taps;
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_reference, conv2d_backward_data_onednn,
    conv2d_backward_data_rotated_kernel, conv2d_backward_data_gathered, conv2d_backward_data_winograd,
    conv2d_backward_data_winograd_lines, conv2d_backward_data_phases, conv2d_backward_data_one_channel,
    conv2d_backward_data_many_taps;
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_reference,
    conv2d_backward_weight_onednn, conv2d_backward_weight_outer_product, conv2d_backward_weight_winograd,
    conv2d_backward_weight_one_channel, conv2d_backward_weight_many_taps;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Conv2dForward> conv2d_forward_naive, conv2d_forward_tiled,
                   conv2d_forward_mma, conv2d_forward_one_channel, conv2d_forward_many_taps,
                   conv2d_forward_many_taps_mma;
                   extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_naive,
                   conv2d_backward_data_tiled, conv2d_backward_data_mma, conv2d_backward_data_one_channel,
                   conv2d_backward_data_many_taps;
                   extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_naive,
                   conv2d_backward_weight_tiled, conv2d_backward_weight_mma,
                   conv2d_backward_weight_one_channel, conv2d_backward_weight_many_taps,
                   conv2d_backward_weight_many_taps_mma;)

namespace {

// One row per line.
// clang-format off
constexpr const KernelVariant<Conv2dForward>* kForward[] = {
    &cpu::conv2d_forward_reference,
    &cpu::conv2d_forward_onednn,
    &cpu::conv2d_forward_gathered,
    &cpu::conv2d_forward_winograd,
    &cpu::conv2d_forward_winograd_lines,
    &cpu::conv2d_forward_one_channel,
    &cpu::conv2d_forward_many_taps,
    SONOGRAD_ON_CUDA(conv2d_forward_naive),
    SONOGRAD_ON_CUDA(conv2d_forward_tiled),
    SONOGRAD_ON_CUDA(conv2d_forward_mma),
    SONOGRAD_ON_CUDA(conv2d_forward_one_channel),
    SONOGRAD_ON_CUDA(conv2d_forward_many_taps),
    SONOGRAD_ON_CUDA(conv2d_forward_many_taps_mma),
    SONOGRAD_CUDNN_ROW(conv2d_forward_cudnn)
};
constexpr const KernelVariant<Conv2dBackwardData>* kBackwardData[] = {
    &cpu::conv2d_backward_data_reference,
    &cpu::conv2d_backward_data_onednn,
    &cpu::conv2d_backward_data_rotated_kernel,
    &cpu::conv2d_backward_data_gathered,
    &cpu::conv2d_backward_data_winograd,
    &cpu::conv2d_backward_data_winograd_lines,
    &cpu::conv2d_backward_data_phases,
    &cpu::conv2d_backward_data_one_channel,
    &cpu::conv2d_backward_data_many_taps,
    SONOGRAD_ON_CUDA(conv2d_backward_data_naive),
    SONOGRAD_ON_CUDA(conv2d_backward_data_tiled),
    SONOGRAD_ON_CUDA(conv2d_backward_data_mma),
    SONOGRAD_ON_CUDA(conv2d_backward_data_one_channel),
    SONOGRAD_ON_CUDA(conv2d_backward_data_many_taps),
    SONOGRAD_CUDNN_ROW(conv2d_backward_data_cudnn)
};
constexpr const KernelVariant<Conv2dBackwardWeight>* kBackwardWeight[] = {
    &cpu::conv2d_backward_weight_reference,
    &cpu::conv2d_backward_weight_onednn,
    &cpu::conv2d_backward_weight_outer_product,
    &cpu::conv2d_backward_weight_winograd,
    &cpu::conv2d_backward_weight_one_channel,
    &cpu::conv2d_backward_weight_many_taps,
    SONOGRAD_ON_CUDA(conv2d_backward_weight_naive),
    SONOGRAD_ON_CUDA(conv2d_backward_weight_tiled),
    SONOGRAD_ON_CUDA(conv2d_backward_weight_mma),
    SONOGRAD_ON_CUDA(conv2d_backward_weight_one_channel),
    SONOGRAD_ON_CUDA(conv2d_backward_weight_many_taps),
    SONOGRAD_ON_CUDA(conv2d_backward_weight_many_taps_mma),
    SONOGRAD_CUDNN_ROW(conv2d_backward_weight_cudnn)
};
// clang-format on

std::int64_t output_extent(std::int64_t extent, std::int64_t before, std::int64_t after, std::int64_t kernel,
                           std::int64_t stride, std::int64_t dilation) {
  const std::int64_t room = extent + before + after - dilation * (kernel - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

}  // namespace

Conv2dProblem Conv2dProblem::make(const Shape& x, const Shape& weight, const Conv2dOptions& options,
                                  DType dtype) {
  const auto shapes = [&] { return concat("; x ", x, ", weight ", weight); };
  if (x.rank() != 4) throw ShapeError(concat("[conv2d] x: expected 4 axes [N, T, F, C]", shapes()));
  if (weight.rank() != 4)
    throw ShapeError(concat("[conv2d] weight: expected 4 axes [out, kT, kF, in]", shapes()));
  if (std::min({x[1], x[2], x[3]}) < 1)
    throw ShapeError(concat("[conv2d] x: expected extents of at least 1", shapes()));
  if (std::min({weight[0], weight[1], weight[2]}) < 1)
    throw ShapeError(concat("[conv2d] weight: expected extents of at least 1", shapes()));
  if (weight[3] != x[3]) {
    throw ShapeError(
        concat("[conv2d] x: expected ", weight[3], " channels as in weight, got ", x[3], shapes()));
  }
  const auto [stride, padding, dilation] = options;
  if (stride.t < 1 || stride.f < 1 || dilation.t < 1 || dilation.f < 1) {
    throw ShapeError(
        concat("[conv2d] stride, dilation: expected at least 1, got ", stride, " and ", dilation));
  }
  if (std::min({padding.t_before, padding.t_after, padding.f_before, padding.f_after}) < 0) {
    throw ShapeError(concat("[conv2d] padding: expected at least 0, got ", padding.t_before, ", ",
                            padding.t_after, ", ", padding.f_before, " and ", padding.f_after));
  }
  Conv2dProblem p;
  p.batch = x[0], p.t = x[1], p.f = x[2], p.in_channels = x[3];
  p.out_channels = weight[0];
  p.kernel = {weight[1], weight[2]};
  p.options = options;
  p.dtype = dtype;
  p.out_t = output_extent(p.t, padding.t_before, padding.t_after, p.kernel.t, stride.t, dilation.t);
  p.out_f = output_extent(p.f, padding.f_before, padding.f_after, p.kernel.f, stride.f, dilation.f);
  if (p.out_t < 1 || p.out_f < 1)
    throw ShapeError(
        concat("[conv2d] x: expected a padded map at least as large as the dilated kernel", shapes()));
  return p;
}

double Conv2dProblem::flops() const {
  return 2.0 * static_cast<double>(output_shape().numel()) *
         static_cast<double>(kernel.t * kernel.f * in_channels);
}

double Conv2dProblem::bytes() const {
  return static_cast<double>(size_of(dtype)) *
         static_cast<double>(input_shape().numel() + weight_shape().numel() + output_shape().numel());
}

std::string Conv2dProblem::summary() const {
  const auto& [stride, padding, dilation] = options;
  return concat(input_shape(), " weight ", weight_shape(), " stride ", stride, " padding ", padding.t_before,
                ',', padding.t_after, ',', padding.f_before, ',', padding.f_after, " dilation ", dilation,
                ' ', name_of(dtype));
}

void conv2d_forward(const Conv2dProblem& p, const View& x, const View& weight, const View& bias, const Out& y,
                    WeightCache* cache) {
  check_dense("conv2d", "x", x, p.input_shape(), p.dtype);
  check_dense("conv2d", "weight", weight, p.weight_shape(), p.dtype);
  if (bias.defined()) check_dense("conv2d", "bias", bias, {p.out_channels}, p.dtype);
  check_dense("conv2d", "y", y.view, p.output_shape(), p.dtype);
  if (p.batch == 0) return;
  run<Conv2dForward>(kForward, p, {x, weight, bias, y, cache});
}

void conv2d_backward_data(const Conv2dProblem& p, const View& dy, const View& weight, const Out& dx) {
  check_dense("conv2d", "dy", dy, p.output_shape(), p.dtype);
  check_dense("conv2d", "weight", weight, p.weight_shape(), p.dtype);
  check_dense("conv2d", "dx", dx.view, p.input_shape(), p.dtype);
  if (p.batch == 0) return;
  run<Conv2dBackwardData>(kBackwardData, p, {dy, weight, dx});
}

void conv2d_backward_weight(const Conv2dProblem& p, const View& x, const View& dy, const Out& dw) {
  check_dense("conv2d", "x", x, p.input_shape(), p.dtype);
  check_dense("conv2d", "dy", dy, p.output_shape(), p.dtype);
  check_dense("conv2d", "dw", dw.view, p.weight_shape(), p.dtype);
  if (p.batch == 0) return write_zero(dw);
  run<Conv2dBackwardWeight>(kBackwardWeight, p, {x, dy, dw});
}

TableList conv2d_tables() {
  return {describe<Conv2dForward>(kForward), describe<Conv2dBackwardData>(kBackwardData),
          describe<Conv2dBackwardWeight>(kBackwardWeight)};
}

}  // namespace sonograd::kernels
