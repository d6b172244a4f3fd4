// Products of matrices of any steps, as sums of outer products of the columns of A and the rows of B. The order of the sum of
// an element follows from its length alone: a row of C has the same bits whatever the other rows are, and however many there
// are.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

/// c[i, j] (= or +=) alpha * sum over l < k of a[i, l] * b[l, j]. `*_row`, `*_column`: elements to the next row, column.
struct OuterProducts {
  const float* a;
  std::int64_t a_row, a_column;
  const float* b;
  std::int64_t b_row, b_column;
  std::int64_t k;
  float* c;
  std::int64_t c_row;
  float alpha;
  bool add;
};

/// Rows and columns of C per block: enough rows for one copy of a part of B, and enough blocks for all threads.
inline constexpr std::int64_t kOuterRows = 192, kOuterColumns = 64;

// clang-format off
SONOGRAD_SIMD_DECLARE(void outer_products(const OuterProducts& p, std::int64_t m, std::int64_t n))
// clang-format on

}  // namespace sonograd::kernels::cpu
