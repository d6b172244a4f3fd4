// Loops over `rows` rows of `width` elements that are `pitch` elements apart. T is float or bf16; sums and maxima are float.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
/// sums[width] = the column sums.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void column_sums(const T* x, std::int64_t rows, std::int64_t width, std::int64_t pitch, float* sums))
/// The sum of `n` elements.
SONOGRAD_SIMD_DECLARE(template <class T> float total(const T* x, std::int64_t n))
/// Every row (= or +=) factor * values[width].
SONOGRAD_SIMD_DECLARE(template <class T>
                      void fill_rows(const T* values, float factor, bool add, std::int64_t rows, std::int64_t width, T* y))
/// best[width], index[width] = the column maxima and the first rows that hold them.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void column_maxima(const T* x, std::int64_t rows, std::int64_t width, std::int64_t pitch,
                                         float* best, std::int32_t* index))
// clang-format on

}  // namespace sonograd::kernels::cpu
