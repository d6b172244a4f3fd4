#include <algorithm>
#include <cmath>

#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/layer_norm/layer_norm.h"
#include "kernels/layer_norm/layer_norm_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// Rows per block: weight gradients are summed per block, and the blocks in order, so that sums do not depend on the number
// of threads.
constexpr std::int64_t kBlockRows = 64;

std::size_t partial_count(const LayerNormProblem& p) {
  return static_cast<std::size_t>(blocks_of(p.rows, kBlockRows) * p.width);
}

template <class T>
void forward(const LayerNormProblem& p, const LayerNormForward::Args& a) {
  const T* x = a.x.data<T>();
  const float* weight = a.weight.data<float>();
  const float* bias = a.bias.data<float>();
  T* y = a.y.data<T>();
  float* mean = a.mean.data<float>();
  float* inv_std = a.inv_std.data<float>();
  launch_rows("layer_norm_forward", p.rows, p.width, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t at = row * p.width;
      SONOGRAD_SIMD_CALL(layer_norm_row<T>)
      (x + at, weight, bias, static_cast<float>(p.eps), p.width, a.y.adds(), y + at, mean + row,
       inv_std + row);
    }
  });
}

template <class T>
void backward_data(const LayerNormProblem& p, const LayerNormBackwardData::Args& a) {
  const T* x = a.x.data<T>();
  const float* weight = a.weight.data<float>();
  const float* mean = a.mean.data<float>();
  const float* inv_std = a.inv_std.data<float>();
  const T* dy = a.dy.data<T>();
  T* dx = a.dx.data<T>();
  launch_rows("layer_norm_backward_data", p.rows, p.width, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t at = row * p.width;
      SONOGRAD_SIMD_CALL(layer_norm_row_gradient<T>)
      (x + at, weight, mean[row], inv_std[row], dy + at, p.width, a.dx.adds(), dx + at);
    }
  });
}

template <class T>
void backward_weight(const LayerNormProblem& p, const LayerNormBackwardWeight::Args& a, Workspace workspace) {
  const T* x = a.x.data<T>();
  const T* dy = a.dy.data<T>();
  const float* mean = a.mean.data<float>();
  const float* inv_std = a.inv_std.data<float>();
  float* dw = a.dw.data<float>();
  float* partial = workspace.take<float>(partial_count(p));
  const std::int64_t blocks = blocks_of(p.rows, kBlockRows);
  launch("layer_norm_backward_weight", blocks, [&](std::int64_t block) {
    float* sums = partial + block * p.width;
    std::fill_n(sums, p.width, 0.0f);
    for (std::int64_t row = block * kBlockRows; row < std::min(p.rows, (block + 1) * kBlockRows); ++row) {
      SONOGRAD_SIMD_CALL(layer_norm_weight_row<T>)
      (x + row * p.width, mean[row], inv_std[row], dy + row * p.width, p.width, sums);
    }
  });
  if (!a.dw.adds()) std::fill_n(dw, p.width, 0.0f);
  for (std::int64_t block = 0; block < blocks; ++block) {
    for (std::int64_t i = 0; i < p.width; ++i) dw[i] += partial[block * p.width + i];
  }
}

}  // namespace

extern const KernelVariant<LayerNormForward> layer_norm_forward_reference =
    stored_reference_row<LayerNormForward>(
        []<class T>(T, const LayerNormProblem& p, const LayerNormForward::Args& a) {
          const auto width = static_cast<double>(p.width);
          for (std::int64_t row = 0; row < p.rows; ++row) {
            const T* x = a.x.data<T>() + row * p.width;
            const auto* weight = a.weight.data<Computed<T>>();
            const auto* bias = a.bias.data<Computed<T>>();
            double sum = 0, squares = 0;
            for (std::int64_t i = 0; i < p.width; ++i) sum += widen(x[i]);
            const double mean = sum / width;
            for (std::int64_t i = 0; i < p.width; ++i) squares += (widen(x[i]) - mean) * (widen(x[i]) - mean);
            const double inv_std = 1 / std::sqrt(squares / width + p.eps);
            for (std::int64_t i = 0; i < p.width; ++i) {
              const double normalised = (widen(x[i]) - mean) * inv_std;
              store<T>(a.y, row * p.width + i, normalised * weight[i] + bias[i]);
            }
            a.mean.data<Computed<T>>()[row] = static_cast<Computed<T>>(mean);
            a.inv_std.data<Computed<T>>()[row] = static_cast<Computed<T>>(inv_std);
          }
        });
extern const KernelVariant<LayerNormBackwardData> layer_norm_backward_data_reference =
    stored_reference_row<LayerNormBackwardData>(
        []<class T>(T, const LayerNormProblem& p, const LayerNormBackwardData::Args& a) {
          const auto* weight = a.weight.data<Computed<T>>();
          for (std::int64_t row = 0; row < p.rows; ++row) {
            const T* x = a.x.data<T>() + row * p.width;
            const T* dy = a.dy.data<T>() + row * p.width;
            const double mean = a.mean.data<Computed<T>>()[row], inv_std = a.inv_std.data<Computed<T>>()[row];
            double g_mean = 0, gn_mean = 0;
            for (std::int64_t i = 0; i < p.width; ++i) {
              const double g = static_cast<double>(widen(dy[i])) * weight[i] / static_cast<double>(p.width);
              g_mean += g;
              gn_mean += g * (widen(x[i]) - mean) * inv_std;
            }
            for (std::int64_t i = 0; i < p.width; ++i) {
              const double normalised = (widen(x[i]) - mean) * inv_std;
              const double g = static_cast<double>(widen(dy[i])) * weight[i];
              store<T>(a.dx, row * p.width + i, inv_std * (g - g_mean - normalised * gn_mean));
            }
          }
        });
extern const KernelVariant<LayerNormBackwardWeight> layer_norm_backward_weight_reference =
    stored_reference_row<LayerNormBackwardWeight>([]<class T>(T, const LayerNormProblem& p,
                                                              const LayerNormBackwardWeight::Args& a) {
      for (std::int64_t i = 0; i < p.width; ++i) {
        double sum = 0;
        for (std::int64_t row = 0; row < p.rows; ++row) {
          const double mean = a.mean.data<Computed<T>>()[row], inv_std = a.inv_std.data<Computed<T>>()[row];
          const std::int64_t at = row * p.width + i;
          sum += widen(a.dy.data<T>()[at]) * (widen(a.x.data<T>()[at]) - mean) * inv_std;
        }
        store<Computed<T>>(a.dw, i, sum);
      }
    });

extern const KernelVariant<LayerNormForward> layer_norm_forward_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .run = [](const LayerNormProblem& p, const LayerNormForward::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { forward<decltype(tag)>(p, a); });
    }};
extern const KernelVariant<LayerNormBackwardData> layer_norm_backward_data_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .run = [](const LayerNormProblem& p, const LayerNormBackwardData::Args& a, const Context&, Workspace) {
      visit_stored(p.dtype, [&](auto tag) { backward_data<decltype(tag)>(p, a); });
    }};
extern const KernelVariant<LayerNormBackwardWeight> layer_norm_backward_weight_simd = {
    .name = "simd",
    .why_not = float_or_bf16,
    .workspace = [](const LayerNormProblem& p) { return Workspace::bytes<float>(partial_count(p)); },
    .run =
        [](const LayerNormProblem& p, const LayerNormBackwardWeight::Args& a, const Context&,
           Workspace workspace) {
          visit_stored(p.dtype, [&](auto tag) { backward_weight<decltype(tag)>(p, a, workspace); });
        }};

}  // namespace sonograd::kernels::cpu
