// One row of a layer norm.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
SONOGRAD_SIMD_DECLARE(void layer_norm_row(const float* x, const float* weight, const float* bias, float eps,
                                          std::int64_t n, bool add, float* y, float* mean, float* inv_std))
SONOGRAD_SIMD_DECLARE(void layer_norm_row_gradient(const float* x, const float* weight, float mean, float inv_std,
                                                   const float* dy, std::int64_t n, bool add, float* dx))
/// sums[n] += dy times the normalised row.
SONOGRAD_SIMD_DECLARE(void layer_norm_weight_row(const float* x, float mean, float inv_std, const float* dy,
                                                 std::int64_t n, float* sums))
// clang-format on

}  // namespace sonograd::kernels::cpu
