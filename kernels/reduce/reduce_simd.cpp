#include "kernels/reduce/reduce_simd.h"

namespace sonograd::kernels::cpu::SONOGRAD_SIMD {

void column_sums(const float* __restrict x, std::int64_t rows, std::int64_t width, std::int64_t pitch,
                 float* __restrict sums) {
  for (std::int64_t i = 0; i < width; ++i) sums[i] = 0;
  std::int64_t row = 0;
  for (; row + 4 <= rows; row += 4) {  // four rows per pass over the sums: fewer loads and stores of them
    const float* a = x + row * pitch;
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) {
      sums[i] += (a[i] + a[i + pitch]) + (a[i + 2 * pitch] + a[i + 3 * pitch]);
    }
  }
  for (; row < rows; ++row) {
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) sums[i] += x[row * pitch + i];
  }
}

float total(const float* x, std::int64_t n) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += x[i];
  return sum;
}

void fill_rows(const float* __restrict values, float factor, bool add, std::int64_t rows, std::int64_t width,
               float* __restrict y) {
  if (width == 1) {  // one long row of the same value
    const float value = factor * values[0];
#pragma omp simd
    for (std::int64_t i = 0; i < rows; ++i) y[i] = add ? y[i] + value : value;
    return;
  }
  for (std::int64_t row = 0; row < rows; ++row) {
    float* to = y + row * width;
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) to[i] = add ? to[i] + factor * values[i] : factor * values[i];
  }
}

void column_maxima(const float* __restrict x, std::int64_t rows, std::int64_t width, std::int64_t pitch,
                   float* __restrict best, std::int32_t* __restrict index) {
  for (std::int64_t i = 0; i < width; ++i) best[i] = x[i], index[i] = 0;
  for (std::int64_t row = 1; row < rows; ++row) {
    const float* a = x + row * pitch;
#pragma omp simd
    for (std::int64_t i = 0; i < width; ++i) {
      const bool wins = a[i] > best[i] || (a[i] != a[i] && best[i] == best[i]);
      best[i] = wins ? a[i] : best[i];
      index[i] = wins ? static_cast<std::int32_t>(row) : index[i];
    }
  }
}

}  // namespace sonograd::kernels::cpu::SONOGRAD_SIMD
