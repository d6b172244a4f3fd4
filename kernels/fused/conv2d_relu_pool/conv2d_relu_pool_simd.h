// ReLU and pooling of the rows of one window.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

/// Sizes: x [pool_t, f, channels], y [out_f, channels].
struct ReluPoolRow {
  std::int64_t f, channels, out_f, pool_t, pool_f;
};

// clang-format off
/// y (= or +=) the maxima of x and 0 over windows of pool_t x pool_f.
SONOGRAD_SIMD_DECLARE(void relu_pool_row(const ReluPoolRow& row, const float* x, bool add, float* y))
// clang-format on

}  // namespace sonograd::kernels::cpu
