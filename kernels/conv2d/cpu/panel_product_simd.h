// Products of matrices in panels of 32 columns: the inner loop of convolutions that gather or transform their input first.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

inline constexpr std::int64_t kProductPanel = 32;     ///< columns of a panel
inline constexpr std::int64_t kProductTileRows = 12;  ///< a multiple of the rows of a register tile

/// Rows of a matrix: element (r, k) is at[r * row_step + k * depth_step]. One of the steps must be 1.
struct ProductRows {
  const float* at;
  std::int64_t row_step, depth_step;
};

// clang-format off
/// m[r, c] (= or +=) the sum over k < depth of rows[r, k] * u[k, c], for `count` rows and at least `columns` columns. `u` [depth,
/// kProductPanel], `m` [count, kProductPanel]. Sums are in the order of k, whatever the other rows are.
SONOGRAD_SIMD_DECLARE(void panel_product(const ProductRows& rows, std::int64_t count, std::int64_t depth, const float* u,
                                            std::int64_t columns, bool add, float* m))
// clang-format on

}  // namespace sonograd::kernels::cpu
