#include "kernels/softmax/softmax_simd.h"

#include "kernels/core/simd_math.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using simd::widen;

template <class T>
void softmax_row(const T* x, std::int64_t n, bool log, bool add, T* y) {
  const simd::ShiftedExpSum shifted = simd::shifted_exp_sum(x, n);
  const float largest = shifted.largest;
  if (log) {
    const float log_sum = simd::log(shifted.sum);
    simd::write(add, n, y, [=](std::int64_t i) { return (widen(x[i]) - largest) - log_sum; });
  } else {
    const float factor = 1.0f / shifted.sum;
    simd::write(add, n, y, [=](std::int64_t i) { return simd::exp(widen(x[i]) - largest) * factor; });
  }
}

template <class T>
void softmax_row_gradient(const T* y, const T* dy, std::int64_t n, bool log, bool add, T* dx) {
  float sum = 0;
  if (log) {
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < n; ++i) sum += widen(dy[i]);
    simd::write(add, n, dx, [=](std::int64_t i) { return widen(dy[i]) - simd::exp(widen(y[i])) * sum; });
  } else {
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < n; ++i) sum += widen(dy[i]) * widen(y[i]);
    simd::write(add, n, dx, [=](std::int64_t i) { return widen(y[i]) * (widen(dy[i]) - sum); });
  }
}

template void softmax_row(const float*, std::int64_t, bool, bool, float*);
template void softmax_row(const bf16*, std::int64_t, bool, bool, bf16*);
template void softmax_row_gradient(const float*, const float*, std::int64_t, bool, bool, float*);
template void softmax_row_gradient(const bf16*, const bf16*, std::int64_t, bool, bool, bf16*);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
