// Loops over `n` elements in one pass; outputs are replaced, or added to with `add`.
#pragma once

#include "kernels/core/simd.h"
#include "kernels/pointwise/functions.h"

namespace sonograd::kernels::cpu {

/// The operands of a row, and where those of the next row are: a_row, b_row elements on. Steps along a row are 0 or 1.
struct BinaryOperands {
  const float *a, *b;
  std::int64_t a_step = 1, b_step = 1;
  std::int64_t a_row = 0, b_row = 0;
};

// clang-format off
SONOGRAD_SIMD_DECLARE(void unary(Unary function, float alpha, const float* x, std::int64_t n, bool add, float* y))
SONOGRAD_SIMD_DECLARE(void unary_gradient(Unary function, float alpha, const float* saved, const float* dy,
                                          std::int64_t n, bool add, float* dx))
/// `rows` rows of `n` elements; those of y are dense.
SONOGRAD_SIMD_DECLARE(void binary(Binary function, const BinaryOperands& from, std::int64_t rows, std::int64_t n,
                                  bool add, float* y))
// clang-format on

}  // namespace sonograd::kernels::cpu
