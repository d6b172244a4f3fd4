#include "kernels/batch_norm/batch_norm.h"

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/vendor/cudnn_norm.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_reference, batch_norm_statistics_folded;
extern const KernelVariant<InverseDeviation> inverse_deviation_reference, inverse_deviation_simd;
extern const KernelVariant<BatchNormApply> batch_norm_apply_reference, batch_norm_apply_folded;
extern const KernelVariant<BatchNormBackward> batch_norm_backward_reference, batch_norm_backward_folded;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_naive,
                   batch_norm_statistics_two_pass;
                   extern const KernelVariant<InverseDeviation> inverse_deviation_vectorized;
                   extern const KernelVariant<BatchNormApply> batch_norm_apply_vectorized;
                   extern const KernelVariant<BatchNormBackward> batch_norm_backward_naive,
                   batch_norm_backward_two_pass;)

namespace {

// One row per line.
// clang-format off
constexpr const KernelVariant<BatchNormStatistics>* kStatistics[] = {
    &cpu::batch_norm_statistics_reference,
    &cpu::batch_norm_statistics_folded,
    SONOGRAD_ON_CUDA(batch_norm_statistics_naive),
    SONOGRAD_ON_CUDA(batch_norm_statistics_two_pass),
    SONOGRAD_CUDNN_ROW(batch_norm_statistics_cudnn)
};
constexpr const KernelVariant<InverseDeviation>* kInverseDeviation[] = {
    &cpu::inverse_deviation_reference,
    &cpu::inverse_deviation_simd,
    SONOGRAD_ON_CUDA(inverse_deviation_vectorized),
};
constexpr const KernelVariant<BatchNormApply>* kApply[] = {
    &cpu::batch_norm_apply_reference,
    &cpu::batch_norm_apply_folded,
    SONOGRAD_ON_CUDA(batch_norm_apply_vectorized),
};
constexpr const KernelVariant<BatchNormBackward>* kBackward[] = {
    &cpu::batch_norm_backward_reference,
    &cpu::batch_norm_backward_folded,
    SONOGRAD_ON_CUDA(batch_norm_backward_naive),
    SONOGRAD_ON_CUDA(batch_norm_backward_two_pass),
    SONOGRAD_CUDNN_ROW(batch_norm_backward_cudnn)
};
// clang-format on

void check_channels(const BatchNormProblem& p, std::string_view name, const View& view) {
  check_dense("batch_norm", name, view, {p.channels}, p.channel_dtype());
}

}  // namespace

BatchNormProblem BatchNormProblem::make(const Shape& x, DType dtype) {
  if (x.rank() < 2) throw ShapeError(concat("[batch_norm] x: expected axes [..., C], got ", x));
  if (x.numel() == 0) throw ShapeError(concat("[batch_norm] x: expected at least one value, got ", x));
  const std::int64_t channels = x[-1];
  return {x, x.numel() / channels, channels, dtype};
}

void batch_norm_statistics(const BatchNormProblem& p, const View& x, double eps, const View& mean,
                           const View& inv_std, const RunningStatistics& running) {
  check_dense("batch_norm", "x", x, p.shape, p.dtype);
  check_channels(p, "mean", mean);
  check_channels(p, "inv_std", inv_std);
  if (running.mean.defined()) check_channels(p, "running_mean", running.mean);
  if (running.mean.defined()) check_channels(p, "running_var", running.var);
  check_number("batch_norm", "eps", eps, eps > 0, "a number above 0");
  check_number("batch_norm", "momentum", running.momentum, running.momentum >= 0 && running.momentum <= 1,
               "a number from 0 to 1");
  if (p.rows < 2)
    throw ShapeError(
        concat("[batch_norm] x: expected at least 2 values per channel for statistics, got ", x.shape));
  run<BatchNormStatistics>(kStatistics, p, {x, eps, mean, inv_std, running});
}

void inverse_deviation(const View& variance, double eps, const View& inv_std) {
  const auto p = BatchNormProblem::make({1, variance.numel()}, variance.dtype);
  check_channels(p, "variance", variance);
  check_channels(p, "inv_std", inv_std);
  check_number("batch_norm", "eps", eps, eps > 0, "a number above 0");
  run<InverseDeviation>(kInverseDeviation, p, {variance, eps, inv_std});
}

void batch_norm_apply(const BatchNormProblem& p, const View& x, const View& mean, const View& inv_std,
                      const View& weight, const View& bias, const Out& y) {
  check_dense("batch_norm", "x", x, p.shape, p.dtype);
  check_channels(p, "mean", mean);
  check_channels(p, "inv_std", inv_std);
  check_channels(p, "weight", weight);
  check_channels(p, "bias", bias);
  check_dense("batch_norm", "y", y.view, p.shape, p.dtype);
  run<BatchNormApply>(kApply, p, {x, mean, inv_std, weight, bias, y});
}

void batch_norm_backward(const BatchNormProblem& p, const View& x, const View& dy, const View& mean,
                         const View& inv_std, const View& weight, bool batch_statistics, const Out& dx,
                         const Out& dweight, const Out& dbias) {
  check_dense("batch_norm", "x", x, p.shape, p.dtype);
  check_dense("batch_norm", "dy", dy, p.shape, p.dtype);
  check_channels(p, "mean", mean);
  check_channels(p, "inv_std", inv_std);
  check_channels(p, "weight", weight);
  if (dx.view.defined()) check_dense("batch_norm", "dx", dx.view, p.shape, p.dtype);
  if (dweight.view.defined()) check_channels(p, "dweight", dweight.view);
  if (dbias.view.defined()) check_channels(p, "dbias", dbias.view);
  run<BatchNormBackward>(kBackward, p, {x, dy, mean, inv_std, weight, batch_statistics, dx, dweight, dbias});
}

TableList batch_norm_tables() {
  return {describe<BatchNormStatistics>(kStatistics), describe<InverseDeviation>(kInverseDeviation),
          describe<BatchNormApply>(kApply), describe<BatchNormBackward>(kBackward)};
}

}  // namespace sonograd::kernels
