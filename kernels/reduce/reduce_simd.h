// Loops over `rows` rows of `width` elements that are `pitch` elements apart. T is float or bf16; sums and maxima are float.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
/// Writes sums[width], the sums of the columns.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void column_sums(const T* x, std::int64_t rows, std::int64_t width, std::int64_t pitch, float* sums))
/// Sum of `n` elements.
SONOGRAD_SIMD_DECLARE(template <class T> float total(const T* x, std::int64_t n))
/// Every row (= or +=) factor * values[width].
SONOGRAD_SIMD_DECLARE(template <class T>
                      void fill_rows(const T* values, float factor, bool add, std::int64_t rows, std::int64_t width, T* y))
/// Writes best[width] and index[width], the maxima of the columns and the first rows that contain them.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void column_maxima(const T* x, std::int64_t rows, std::int64_t width, std::int64_t pitch,
                                         float* best, std::int32_t* index))
// clang-format on

}  // namespace sonograd::kernels::cpu
