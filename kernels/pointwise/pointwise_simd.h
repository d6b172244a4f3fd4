// Loops over `n` elements in one pass; outputs are replaced, or added to with `add`.
#pragma once

#include "kernels/core/simd.h"
#include "kernels/pointwise/functions.h"

namespace sonograd::kernels::cpu {

// clang-format off
SONOGRAD_SIMD_DECLARE(void unary(Unary function, float alpha, const float* x, std::int64_t n, bool add, float* y))
SONOGRAD_SIMD_DECLARE(void unary_gradient(Unary function, float alpha, const float* saved, const float* dy,
                                          std::int64_t n, bool add, float* dx))
/// `rows` rows of `n` elements; b starts over with every row.
SONOGRAD_SIMD_DECLARE(void binary(Binary function, const float* a, const float* b, std::int64_t rows, std::int64_t n,
                                  bool add, float* y))
// clang-format on

}  // namespace sonograd::kernels::cpu
