// One thread per row, and one per column for the gradient of the weight: the formulas as loops.
//
// Limits: by rows, neighbouring threads are a row apart and every element costs a sector of 32 bytes; by columns, there are
// only as many threads as features.
#include <cmath>

#include "kernels/core/reference.h"
#include "kernels/layer_norm/layer_norm.cuh"
#include "kernels/simt/write.h"

namespace sonograd::kernels::SONOGRAD_TARGET {
namespace {

constexpr int kThreads = 128;

__device__ std::int64_t this_thread() {
  return std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
}

template <class T>
SONOGRAD_KERNEL(kThreads, forward_kernel, LayerNormForwardParams<T> p) {
  const std::int64_t row = this_thread();
  if (row >= p.rows) return;
  const T* x = p.x + row * p.width;
  float sum = 0, squares = 0;
  for (std::int64_t i = 0; i < p.width; ++i) sum += widen(x[i]);
  const float mean = sum / static_cast<float>(p.width);
  for (std::int64_t i = 0; i < p.width; ++i) squares += (widen(x[i]) - mean) * (widen(x[i]) - mean);
  const float inv_std = 1 / std::sqrt(squares / static_cast<float>(p.width) + p.eps);
  for (std::int64_t i = 0; i < p.width; ++i) {
    write(p.y[row * p.width + i], (widen(x[i]) - mean) * inv_std * p.weight[i] + p.bias[i], p.add);
  }
  p.mean[row] = mean, p.inv_std[row] = inv_std;
}

template <class T>
SONOGRAD_KERNEL(kThreads, backward_data_kernel, LayerNormBackwardParams<T> p) {
  const std::int64_t row = this_thread();
  if (row >= p.rows) return;
  const T *x = p.x + row * p.width, *dy = p.dy + row * p.width;
  const float mean = p.mean[row], inv_std = p.inv_std[row], share = 1 / static_cast<float>(p.width);
  float g_mean = 0, gn_mean = 0;
  for (std::int64_t i = 0; i < p.width; ++i) {
    const float g = widen(dy[i]) * p.weight[i];
    g_mean += share * g;
    gn_mean += share * g * (widen(x[i]) - mean) * inv_std;
  }
  for (std::int64_t i = 0; i < p.width; ++i) {
    const float normalised = (widen(x[i]) - mean) * inv_std;
    write(p.dx[row * p.width + i], inv_std * (widen(dy[i]) * p.weight[i] - g_mean - normalised * gn_mean),
          p.add);
  }
}

template <class T>
struct WeightParams {
  const T *x, *dy;              // [rows, width]
  const float *mean, *inv_std;  // [rows]
  float* dw;                    // [width]
  std::int64_t rows, width;
  bool add;
};

template <class T>
SONOGRAD_KERNEL(kThreads, backward_weight_kernel, WeightParams<T> p) {
  const std::int64_t column = this_thread();
  if (column >= p.width) return;
  float sum = 0;
  for (std::int64_t row = 0; row < p.rows; ++row) {
    const std::int64_t i = row * p.width + column;
    sum += widen(p.dy[i]) * (widen(p.x[i]) - p.mean[row]) * p.inv_std[row];
  }
  write(p.dw[column], sum, p.add);
}

Grid grid_of(std::int64_t threads) {
  return {{blocks_for(threads, kThreads)}, {kThreads}};
}

void forward(const LayerNormProblem& p, const LayerNormForward::Args& a, const Context&, Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    launch("layer_norm_forward_naive", forward_kernel<decltype(tag)>, grid_of(p.rows), {p, a});
  });
}

void backward_data(const LayerNormProblem& p, const LayerNormBackwardData::Args& a, const Context&,
                   Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    launch("layer_norm_backward_data_naive", backward_data_kernel<decltype(tag)>, grid_of(p.rows), {p, a});
  });
}

void backward_weight(const LayerNormProblem& p, const LayerNormBackwardWeight::Args& a, const Context&,
                     Workspace) {
  visit_stored(p.dtype, [&](auto tag) {
    using T = decltype(tag);
    launch("layer_norm_backward_weight_naive", backward_weight_kernel<T>, grid_of(p.width),
           {a.x.data<T>(), a.dy.data<T>(), a.mean.data<float>(), a.inv_std.data<float>(), a.dw.data<float>(),
            p.rows, p.width, a.dw.adds()});
  });
}

}  // namespace

extern const KernelVariant<LayerNormForward> layer_norm_forward_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = forward};
extern const KernelVariant<LayerNormBackwardData> layer_norm_backward_data_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = backward_data};
extern const KernelVariant<LayerNormBackwardWeight> layer_norm_backward_weight_naive = {
    .name = "naive", .target = kTarget, .why_not = float_or_bf16, .run = backward_weight};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
