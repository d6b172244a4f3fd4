// Cross entropy of one row of n scores with target class k, or with soft targets.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
SONOGRAD_SIMD_DECLARE(float class_row_loss(const float* x, std::int64_t n, std::int32_t k))
SONOGRAD_SIMD_DECLARE(float soft_row_loss(const float* x, const float* target, std::int64_t n))
/// dx (= or +=) scale * the derivative.
SONOGRAD_SIMD_DECLARE(void class_row_gradient(const float* x, std::int64_t n, std::int32_t k, float scale, bool add,
                                              float* dx))
SONOGRAD_SIMD_DECLARE(void soft_row_gradient(const float* x, const float* target, std::int64_t n, float scale, bool add,
                                             float* dx))
// clang-format on

}  // namespace sonograd::kernels::cpu
