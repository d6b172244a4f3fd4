// One row of a softmax.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
SONOGRAD_SIMD_DECLARE(void softmax_row(const float* x, std::int64_t n, bool log, bool add, float* y))
SONOGRAD_SIMD_DECLARE(void softmax_row_gradient(const float* y, const float* dy, std::int64_t n, bool log, bool add,
                                                float* dx))
// clang-format on

}  // namespace sonograd::kernels::cpu
