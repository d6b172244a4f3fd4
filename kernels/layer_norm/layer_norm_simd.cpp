#include "kernels/layer_norm/layer_norm_simd.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

void layer_norm_row(const float* x, const float* weight, const float* bias, float eps, std::int64_t n,
                    bool add, float* y, float* mean, float* inv_std) {
  const float count = static_cast<float>(n);
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += x[i];
  const float m = sum / count;
  float squares = 0;  // of deviations, not of values: no cancellation
#pragma omp simd reduction(+ : squares)
  for (std::int64_t i = 0; i < n; ++i) squares += (x[i] - m) * (x[i] - m);
  const float s = 1.0f / __builtin_sqrtf(squares / count + eps);
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) y[i] = (add ? y[i] : 0.0f) + ((x[i] - m) * s * weight[i] + bias[i]);
  *mean = m;
  *inv_std = s;
}

void layer_norm_row_gradient(const float* x, const float* weight, float mean, float inv_std, const float* dy,
                             std::int64_t n, bool add, float* dx) {
  float sum = 0, projection = 0;
#pragma omp simd reduction(+ : sum, projection)
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = dy[i] * weight[i];
    sum += g;
    projection += g * (x[i] - mean) * inv_std;
  }
  const float g_mean = sum / static_cast<float>(n), gn_mean = projection / static_cast<float>(n);
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) {
    const float normalised = (x[i] - mean) * inv_std;
    dx[i] = (add ? dx[i] : 0.0f) + inv_std * (dy[i] * weight[i] - g_mean - normalised * gn_mean);
  }
}

void layer_norm_weight_row(const float* x, float mean, float inv_std, const float* dy, std::int64_t n,
                           float* sums) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) sums[i] += dy[i] * ((x[i] - mean) * inv_std);
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
