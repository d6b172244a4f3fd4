#include "kernels/reduce/reduce_simd.h"

#include "kernels/core/simd_stored.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

using simd::narrow, simd::widen;

template <class T>
void column_sums(const T* __restrict x, std::int64_t rows, std::int64_t width, std::int64_t pitch,
                 float* __restrict sums) {
  for (std::int64_t i = 0; i < width; ++i) sums[i] = 0;
  std::int64_t row = 0;
  for (; row + 4 <= rows; row += 4) {  // four rows per pass save loads and stores of the sums
    const T* a = x + row * pitch;
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) {
      sums[i] += (widen(a[i]) + widen(a[i + pitch])) + (widen(a[i + 2 * pitch]) + widen(a[i + 3 * pitch]));
    }
  }
  for (; row < rows; ++row) {
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) sums[i] += widen(x[row * pitch + i]);
  }
}

template <class T>
float total(const T* x, std::int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += widen(x[i]);
  return sum;
}

template <class T>
void fill_rows(const T* __restrict values, float factor, bool add, std::int64_t rows, std::int64_t width,
               T* __restrict y) {
  if (width == 1) {  // all rows together are one run of one value
    const float value = factor * widen(values[0]);
#pragma omp simd
    for (std::int64_t i = 0; i < rows; ++i) narrow(add ? widen(y[i]) + value : value, y[i]);
    return;
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    T* to = y + row * width;
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) {
      const float value = widen(values[i]);
      narrow(add ? widen(to[i]) + factor * value : factor * value, to[i]);
    }
  }
}

template <class T>
void column_maxima(const T* __restrict x, std::int64_t rows, std::int64_t width, std::int64_t pitch,
                   float* __restrict best, std::int32_t* __restrict index) {
  for (std::int64_t i = 0; i < width; ++i) best[i] = widen(x[i]), index[i] = 0;
  for (std::int64_t row = 1; row < rows; ++row) {
    const T* a = x + row * pitch;
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) {
      const float value = widen(a[i]);
      const bool wins = (value > best[i]) | ((value != value) & (best[i] == best[i]));
      best[i] = wins ? value : best[i];
      index[i] = wins ? static_cast<std::int32_t>(row) : index[i];
    }
  }
}

template void column_sums(const float*, std::int64_t, std::int64_t, std::int64_t, float*);
template void column_sums(const bf16*, std::int64_t, std::int64_t, std::int64_t, float*);
template float total(const float*, std::int64_t);
template float total(const bf16*, std::int64_t);
template void fill_rows(const float*, float, bool, std::int64_t, std::int64_t, float*);
template void fill_rows(const bf16*, float, bool, std::int64_t, std::int64_t, bf16*);
template void column_maxima(const float*, std::int64_t, std::int64_t, std::int64_t, float*, std::int32_t*);
template void column_maxima(const bf16*, std::int64_t, std::int64_t, std::int64_t, float*, std::int32_t*);

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
