// Loops over `n` elements of one parameter or gradient.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"
#include "kernels/optimizer/step_scalars.h"

namespace sonograd::kernels::cpu {

// clang-format off
SONOGRAD_SIMD_DECLARE(void sgd_step(const StepScalars& s, std::int64_t n, const float* gradient, float* value))
SONOGRAD_SIMD_DECLARE(void momentum_step(const StepScalars& s, bool nesterov, std::int64_t n, const float* gradient,
                                         float* value, float* first))
SONOGRAD_SIMD_DECLARE(void adam_step(const StepScalars& s, std::int64_t n, const float* gradient, float* value,
                                     float* first, float* second))
SONOGRAD_SIMD_DECLARE(void rmsprop_step(const StepScalars& s, std::int64_t n, const float* gradient, float* value,
                                        float* second))
SONOGRAD_SIMD_DECLARE(float sum_of_squares(std::int64_t n, const float* x))
SONOGRAD_SIMD_DECLARE(void rmsprop_momentum_step(const StepScalars& s, std::int64_t n, const float* gradient,
                                                 float* value, float* first, float* second))
// clang-format on

}  // namespace sonograd::kernels::cpu
