// Batch normalisation of dense rows of `width` columns, each with its own parameters; T is float or bf16.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
/// Writes mean[width] and squares[width], the sums of squared differences from the mean, of `rows` >= 1 rows.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void column_moments(const T* x, std::int64_t rows, std::int64_t width, float* mean,
                                          float* squares))
/// y (= or +=) (x - mean) * scale + shift.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void normalize_columns(const T* x, std::int64_t rows, std::int64_t width, const float* mean,
                                             const float* scale, const float* shift, bool add, T* y))
/// sum_dy[width] = sums of dy; sum_dy_x[width] = sums of dy * (x - mean).
SONOGRAD_SIMD_DECLARE(template <class T>
                      void column_gradient_sums(const T* x, const T* dy, std::int64_t rows,
                                                std::int64_t width, const float* mean, float* sum_dy,
                                                float* sum_dy_x))
/// dx (= or +=) dy_factor * dy + x_factor * (x - mean) + constant.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void column_gradients(const T* x, const T* dy, std::int64_t rows, std::int64_t width,
                                            const float* mean, const float* dy_factor, const float* x_factor,
                                            const float* constant, bool add, T* dx))
// clang-format on

}  // namespace sonograd::kernels::cpu
