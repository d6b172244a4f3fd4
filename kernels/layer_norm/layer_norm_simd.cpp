#include "kernels/layer_norm/layer_norm_simd.h"

#include "kernels/core/simd_stored.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using simd::widen;

template <class T>
void layer_norm_row(const T* x, const float* weight, const float* bias, float eps, std::int64_t n, bool add,
                    T* y, float* mean, float* inv_std) {
  const float count = static_cast<float>(n);
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += widen(x[i]);
  const float m = sum / count;
  float squares = 0;  // of deviations from the mean: no cancellation
#pragma omp simd reduction(+ : squares)
  for (std::int64_t i = 0; i < n; ++i) squares += (widen(x[i]) - m) * (widen(x[i]) - m);
  const float s = 1.0f / __builtin_sqrtf(squares / count + eps);
  simd::write(add, n, y, [=](std::int64_t i) { return (widen(x[i]) - m) * s * weight[i] + bias[i]; });
  *mean = m;
  *inv_std = s;
}

template <class T>
void layer_norm_row_gradient(const T* x, const float* weight, float mean, float inv_std, const T* dy,
                             std::int64_t n, bool add, T* dx) {
  float sum = 0, projection = 0;
#pragma omp simd reduction(+ : sum, projection)
  for (std::int64_t i = 0; i < n; ++i) {
    const float g = widen(dy[i]) * weight[i];
    sum += g;
    projection += g * (widen(x[i]) - mean) * inv_std;
  }
  const float g_mean = sum / static_cast<float>(n), gn_mean = projection / static_cast<float>(n);
  simd::write(add, n, dx, [=](std::int64_t i) {
    const float normalised = (widen(x[i]) - mean) * inv_std;
    return inv_std * (widen(dy[i]) * weight[i] - g_mean - normalised * gn_mean);
  });
}

template <class T>
void layer_norm_weight_row(const T* x, float mean, float inv_std, const T* dy, std::int64_t n, float* sums) {
#pragma omp simd
  for (std::int64_t i = 0; i < n; ++i) sums[i] += widen(dy[i]) * ((widen(x[i]) - mean) * inv_std);
}

#define SONOGRAD_LAYER_NORM_ROWS(T)                                                                         \
  template void layer_norm_row(const T*, const float*, const float*, float, std::int64_t, bool, T*, float*, \
                               float*);                                                                     \
  template void layer_norm_row_gradient(const T*, const float*, float, float, const T*, std::int64_t, bool, \
                                        T*);                                                                \
  template void layer_norm_weight_row(const T*, float, float, const T*, std::int64_t, float*);
SONOGRAD_LAYER_NORM_ROWS(float)
SONOGRAD_LAYER_NORM_ROWS(bf16)

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
