#include "kernels/softmax/softmax_simd.h"

#include "kernels/core/simd_math.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

void softmax_row(const float* x, std::int64_t n, bool log, bool add, float* y) {
  const simd::ShiftedExpSum shifted = simd::shifted_exp_sum(x, n);
  if (log) {
    const float log_sum = simd::log(shifted.sum);
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) y[i] = (add ? y[i] : 0.0f) + ((x[i] - shifted.largest) - log_sum);
  } else {
    const float factor = 1.0f / shifted.sum;
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i)
      y[i] = (add ? y[i] : 0.0f) + simd::exp(x[i] - shifted.largest) * factor;
  }
}

void softmax_row_gradient(const float* y, const float* dy, std::int64_t n, bool log, bool add, float* dx) {
  float sum = 0;
  if (log) {
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < n; ++i) sum += dy[i];
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) dx[i] = (add ? dx[i] : 0.0f) + (dy[i] - simd::exp(y[i]) * sum);
  } else {
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < n; ++i) sum += dy[i] * y[i];
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) dx[i] = (add ? dx[i] : 0.0f) + y[i] * (dy[i] - sum);
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
