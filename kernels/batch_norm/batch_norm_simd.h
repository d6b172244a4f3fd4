// Batch normalisation of dense rows of `width` columns, each with its own parameters.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
/// mean[width] and squares[width], the sums of squared differences from it, of `rows` >= 1 rows.
SONOGRAD_SIMD_DECLARE(void column_moments(const float* x, std::int64_t rows, std::int64_t width, float* mean,
                                          float* squares))
/// y (= or +=) (x - mean) * scale + shift.
SONOGRAD_SIMD_DECLARE(void normalize_columns(const float* x, std::int64_t rows, std::int64_t width, const float* mean,
                                             const float* scale, const float* shift, bool add, float* y))
/// sum_dy[width] = sums of dy; sum_dy_x[width] = sums of dy * (x - mean).
SONOGRAD_SIMD_DECLARE(void column_gradient_sums(const float* x, const float* dy, std::int64_t rows,
                                                std::int64_t width, const float* mean, float* sum_dy,
                                                float* sum_dy_x))
/// dx (= or +=) dy_factor * dy + x_factor * (x - mean) + constant.
SONOGRAD_SIMD_DECLARE(void column_gradients(const float* x, const float* dy, std::int64_t rows, std::int64_t width,
                                            const float* mean, const float* dy_factor, const float* x_factor,
                                            const float* constant, bool add, float* dx))
// clang-format on

}  // namespace sonograd::kernels::cpu
