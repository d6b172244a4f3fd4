// Loops over `n` elements, float or bf16, in one pass; outputs are replaced, or accumulated if `add`.
#pragma once

#include "kernels/core/simd.h"
#include "kernels/pointwise/functions.h"

namespace sonograd::kernels::cpu {

/// Operands of a row. Those of the next row are a_row, b_row elements further; steps along a row are 0 or 1.
template <class T>
struct BinaryOperands {
  const T *a, *b;
  std::int64_t a_step = 1, b_step = 1;
  std::int64_t a_row = 0, b_row = 0;
};

// clang-format off
SONOGRAD_SIMD_DECLARE(template <class T>
                      void unary(Unary function, float alpha, const T* x, std::int64_t n, bool add, T* y))
SONOGRAD_SIMD_DECLARE(template <class T>
                      void unary_gradient(Unary function, float alpha, const T* saved, const T* dy, std::int64_t n,
                                          bool add, T* dx))
/// Computes `rows` rows of `n` elements; those of y are dense.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void binary(Binary function, const BinaryOperands<T>& from, std::int64_t rows, std::int64_t n,
                                  bool add, T* y))
// clang-format on

}  // namespace sonograd::kernels::cpu
