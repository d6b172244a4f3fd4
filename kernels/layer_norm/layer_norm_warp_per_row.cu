// One warp per row.
//
// Lanes read neighbouring elements, in whole cache lines, and exchange their sums by shuffles; the squared differences are
// summed about the mean, in a second pass that reads the first-level cache. It is faster than `naive` because of its
// accesses. Traffic, which is also the limit: x, dy and the result once.
#include "kernels/core/reference.h"
#include "kernels/layer_norm/layer_norm.cuh"
#include "kernels/simt/row_per_warp.h"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

template <class T>
SONOGRAD_KERNEL(kRowThreads, forward_kernel, LayerNormForwardParams<T> p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.rows) return;
  const T* x = p.x + row * p.width;
  T* y = p.y + row * p.width;
  const auto count = static_cast<float>(p.width);
  const float mean = sum_of_row(p.width, [=](std::int64_t i) { return widen(x[i]); }) / count;
  const float squares =
      sum_of_row(p.width, [=](std::int64_t i) { return (widen(x[i]) - mean) * (widen(x[i]) - mean); });
  const float inv_std = 1 / std::sqrt(squares / count + p.eps);
  for (std::int64_t i = lane_index(); i < p.width; i += kWarpSize) {
    write(y[i], (widen(x[i]) - mean) * inv_std * p.weight[i] + p.bias[i], p.add);
  }
  if (lane_index() == 0) p.mean[row] = mean, p.inv_std[row] = inv_std;
}

template <class T>
SONOGRAD_KERNEL(kRowThreads, backward_data_kernel, LayerNormBackwardParams<T> p) {
  const std::int64_t row = row_of_warp();
  if (row >= p.rows) return;
  const T *x = p.x + row * p.width, *dy = p.dy + row * p.width;
  const float* weight = p.weight;
  T* dx = p.dx + row * p.width;
  const float mean = p.mean[row], inv_std = p.inv_std[row], share = 1 / static_cast<float>(p.width);
  const float g_mean = share * sum_of_row(p.width, [=](std::int64_t i) { return widen(dy[i]) * weight[i]; });
  const float gn_mean = share * inv_std * sum_of_row(p.width, [=](std::int64_t i) {
                          return widen(dy[i]) * weight[i] * (widen(x[i]) - mean);
                        });
  for (std::int64_t i = lane_index(); i < p.width; i += kWarpSize) {
    const float normalised = (widen(x[i]) - mean) * inv_std;
    write(dx[i], inv_std * (widen(dy[i]) * weight[i] - g_mean - normalised * gn_mean), p.add);
  }
}

void forward(const LayerNormProblem& p, const LayerNormForward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    launch("layer_norm_forward", forward_kernel<decltype(tag)>, grid_of_rows(p.rows), {p, a});
  });
}

void backward_data(const LayerNormProblem& p, const LayerNormBackwardData::Args& a, const Context&,
                   Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    launch("layer_norm_backward_data", backward_data_kernel<decltype(tag)>, grid_of_rows(p.rows), {p, a});
  });
}

}  // namespace

extern const KernelVariant<LayerNormForward> layer_norm_forward_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = float_or_bf16, .run = forward};
extern const KernelVariant<LayerNormBackwardData> layer_norm_backward_data_warp_per_row = {
    .name = "warp_per_row", .target = kTarget, .why_not = float_or_bf16, .run = backward_data};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
