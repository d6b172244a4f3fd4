#include "kernels/fused/conv2d_bn_stats/conv2d_bn_stats.h"

#include "kernels/copy/float32_operands.h"
#include "kernels/core/check.h"
#include "kernels/core/composed.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Conv2dBnStats> conv2d_bn_stats_tiled, conv2d_bn_stats_mma,
                   conv2d_bn_stats_one_channel, conv2d_bn_stats_many_taps, conv2d_bn_stats_many_taps_mma;)

namespace {

// The plain kernels one after the other, on float32 copies of bf16 tensors: the statistics are those of the float32 sums.
constexpr EveryDevice<Conv2dBnStats> kComposed({
    .name = "composed",
    .workspace =
        [](const Conv2dBnStatsProblem& p) {
          return float32_copy_bytes(p.input_shape(), p.dtype) +
                 float32_copy_bytes(p.weight_shape(), p.dtype) +
                 float32_copy_bytes({p.out_channels}, p.dtype) +
                 float32_copy_bytes(p.output_shape(), p.dtype);
        },
    .run =
        [](const Conv2dBnStatsProblem& p, const Conv2dBnStats::Args& a, const Context&, Workspace workspace) {
          const View x = in_float32(a.x, workspace), weight = in_float32(a.weight, workspace);
          const View bias = in_float32(a.bias, workspace);
          const Float32Result y(set(a.y), workspace);
          Conv2dProblem convolution = p;
          convolution.dtype = computed_dtype(p.dtype);
          conv2d_forward(convolution, x, weight, bias, y.out());
          const auto norm = BatchNormProblem::make(p.output_shape(), convolution.dtype);
          batch_norm_statistics(norm, y.out().view, a.eps, a.mean, a.inv_std, a.running);
          y.store();
        },
});

constexpr const KernelVariant<Conv2dBnStats>* kForward[] = {
    SONOGRAD_ON_EVERY_DEVICE(kComposed),         SONOGRAD_ON_CUDA(conv2d_bn_stats_tiled),
    SONOGRAD_ON_CUDA(conv2d_bn_stats_mma),       SONOGRAD_ON_CUDA(conv2d_bn_stats_one_channel),
    SONOGRAD_ON_CUDA(conv2d_bn_stats_many_taps), SONOGRAD_ON_CUDA(conv2d_bn_stats_many_taps_mma),
};

}  // namespace

Conv2dBnStatsProblem Conv2dBnStatsProblem::make(const Shape& x, const Shape& weight,
                                                const Conv2dOptions& options, DType dtype) {
  const Conv2dBnStatsProblem p{Conv2dProblem::make(x, weight, options, dtype)};
  if (p.batch * p.out_t * p.out_f < 2) {
    throw ShapeError(
        concat("[conv2d_bn_stats] y: expected at least 2 values per channel for statistics, got ",
               p.output_shape()));
  }
  return p;
}

void conv2d_bn_stats(const Conv2dBnStatsProblem& p, const View& x, const View& weight, const View& bias,
                     double eps, const View& y, const View& mean, const View& inv_std,
                     const RunningStatistics& running) {
  const auto per_channel = [&](std::string_view name, const View& view) {
    check_dense("conv2d_bn_stats", name, view, {p.out_channels}, computed_dtype(p.dtype));
  };
  check_dense("conv2d_bn_stats", "x", x, p.input_shape(), p.dtype);
  check_dense("conv2d_bn_stats", "weight", weight, p.weight_shape(), p.dtype);
  if (bias.defined()) check_dense("conv2d_bn_stats", "bias", bias, {p.out_channels}, p.dtype);
  check_dense("conv2d_bn_stats", "y", y, p.output_shape(), p.dtype);
  per_channel("mean", mean);
  per_channel("inv_std", inv_std);
  if (running.mean.defined()) per_channel("running_mean", running.mean);
  if (running.mean.defined()) per_channel("running_var", running.var);
  run<Conv2dBnStats>(kForward, p, {x, weight, bias, eps, y, mean, inv_std, running});
}

TableList conv2d_bn_stats_tables() {
  return {describe<Conv2dBnStats>(kForward)};
}

}  // namespace sonograd::kernels
