// Products of matrices that are both summed along memory, as dot products of their rows. The order of each sum follows from
// its length alone: a row of C has the same bits whatever the other rows are, and however many there are.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

/// c[i, j] (= or +=) alpha * sum over l < k of a[i, l] * b[j, l]. `*_step`: elements from one row to the next.
struct DotProducts {
  const float* a;
  std::int64_t a_step;
  const float* b;
  std::int64_t b_step;
  std::int64_t k;
  float* c;
  std::int64_t c_step;
  float alpha;
  bool add;
};

/// Columns of C per block: their rows of B stay in the cache while all of A is read.
inline constexpr std::int64_t kDotColumns = 12;

// clang-format off
SONOGRAD_SIMD_DECLARE(void dot_products(const DotProducts& p, std::int64_t m, std::int64_t n))
// clang-format on

}  // namespace sonograd::kernels::cpu
