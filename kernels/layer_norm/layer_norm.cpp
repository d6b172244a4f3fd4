#include "kernels/layer_norm/layer_norm.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/stored.h"
#include "kernels/core/zero.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<LayerNormForward> layer_norm_forward_reference, layer_norm_forward_simd;
extern const KernelVariant<LayerNormBackwardData> layer_norm_backward_data_reference,
    layer_norm_backward_data_simd;
extern const KernelVariant<LayerNormBackwardWeight> layer_norm_backward_weight_reference,
    layer_norm_backward_weight_simd;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<LayerNormForward> layer_norm_forward_naive,
                   layer_norm_forward_warp_per_row;
                   extern const KernelVariant<LayerNormBackwardData> layer_norm_backward_data_naive,
                   layer_norm_backward_data_warp_per_row;
                   extern const KernelVariant<LayerNormBackwardWeight> layer_norm_backward_weight_naive,
                   layer_norm_backward_weight_two_pass;)

namespace {

constexpr const KernelVariant<LayerNormForward>* kForward[] = {
    &cpu::layer_norm_forward_reference,
    &cpu::layer_norm_forward_simd,
    SONOGRAD_ON_CUDA(layer_norm_forward_naive),
    SONOGRAD_ON_CUDA(layer_norm_forward_warp_per_row),
};
constexpr const KernelVariant<LayerNormBackwardData>* kBackwardData[] = {
    &cpu::layer_norm_backward_data_reference,
    &cpu::layer_norm_backward_data_simd,
    SONOGRAD_ON_CUDA(layer_norm_backward_data_naive),
    SONOGRAD_ON_CUDA(layer_norm_backward_data_warp_per_row),
};
constexpr const KernelVariant<LayerNormBackwardWeight>* kBackwardWeight[] = {
    &cpu::layer_norm_backward_weight_reference,
    &cpu::layer_norm_backward_weight_simd,
    SONOGRAD_ON_CUDA(layer_norm_backward_weight_naive),
    SONOGRAD_ON_CUDA(layer_norm_backward_weight_two_pass),
};

void check_map(const LayerNormProblem& p, std::string_view name, const View& view) {
  check_dense("layer_norm", name, view, p.shape, p.dtype);
}
// Checks statistics and parameters.
void check(const LayerNormProblem& p, std::string_view name, const View& view, const Shape& shape) {
  check_dense("layer_norm", name, view, shape, computed_dtype(p.dtype));
}

}  // namespace

LayerNormProblem LayerNormProblem::make(const Shape& x, double eps, DType dtype) {
  if (x.rank() < 1 || x[-1] < 1)
    throw ShapeError(concat("[layer_norm] x: expected [..., D] with D >= 1, got ", x));
  if (!(eps > 0)) throw ConfigError(concat("[layer_norm] eps: expected a number above 0, got ", eps));
  const Shape rows_shape(std::span(x.begin(), x.end() - 1));
  return {x, rows_shape, rows_shape.numel(), x[-1], eps, dtype};
}

double LayerNormProblem::bytes(int tensors) const {
  return tensors * static_cast<double>(size_of(dtype)) * static_cast<double>(shape.numel());
}

void layer_norm_forward(const LayerNormProblem& p, const View& x, const View& weight, const View& bias,
                        const Out& y, const View& mean, const View& inv_std) {
  check_map(p, "x", x);
  check(p, "weight", weight, {p.width});
  check(p, "bias", bias, {p.width});
  check_map(p, "y", y.view);
  check(p, "mean", mean, p.rows_shape);
  check(p, "inv_std", inv_std, p.rows_shape);
  run<LayerNormForward>(kForward, p, {x, weight, bias, y, mean, inv_std});
}

void layer_norm_backward_data(const LayerNormProblem& p, const View& x, const View& weight, const View& mean,
                              const View& inv_std, const View& dy, const Out& dx) {
  check_map(p, "x", x);
  check(p, "weight", weight, {p.width});
  check(p, "mean", mean, p.rows_shape);
  check(p, "inv_std", inv_std, p.rows_shape);
  check_map(p, "dy", dy);
  check_map(p, "dx", dx.view);
  run<LayerNormBackwardData>(kBackwardData, p, {x, weight, mean, inv_std, dy, dx});
}

void layer_norm_backward_weight(const LayerNormProblem& p, const View& x, const View& mean,
                                const View& inv_std, const View& dy, const Out& dw) {
  check_map(p, "x", x);
  check(p, "mean", mean, p.rows_shape);
  check(p, "inv_std", inv_std, p.rows_shape);
  check_map(p, "dy", dy);
  check(p, "dw", dw.view, {p.width});
  if (p.rows == 0) return write_zero(dw);
  run<LayerNormBackwardWeight>(kBackwardWeight, p, {x, mean, inv_std, dy, dw});
}

TableList layer_norm_tables() {
  return {describe<LayerNormForward>(kForward), describe<LayerNormBackwardData>(kBackwardData),
          describe<LayerNormBackwardWeight>(kBackwardWeight)};
}

}  // namespace sonograd::kernels
