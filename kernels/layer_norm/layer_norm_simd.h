// One row of a layer norm; T is float or bf16.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
SONOGRAD_SIMD_DECLARE(template <class T>
                      void layer_norm_row(const T* x, const float* weight, const float* bias, float eps, std::int64_t n,
                                          bool add, T* y, float* mean, float* inv_std))
SONOGRAD_SIMD_DECLARE(template <class T>
                      void layer_norm_row_gradient(const T* x, const float* weight, float mean, float inv_std, const T* dy,
                                                   std::int64_t n, bool add, T* dx))
/// sums[n] += dy * the normalised row.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void layer_norm_weight_row(const T* x, float mean, float inv_std, const T* dy, std::int64_t n,
                                                 float* sums))
// clang-format on

}  // namespace sonograd::kernels::cpu
