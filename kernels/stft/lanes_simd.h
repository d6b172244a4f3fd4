// Sixteen rows side by side: element c of row r is at lanes[c * kLanes + r], so that one vector operation works on the same
// element of all rows.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

inline constexpr std::int64_t kLanes = 16;

// clang-format off
/// lanes[c * step + r] = rows[r * pitch + c] for c < columns and all 16 rows; step >= kLanes.
SONOGRAD_SIMD_DECLARE(void rows_to_lanes(const float* rows, std::int64_t pitch, std::int64_t columns, float* lanes,
                                         std::int64_t step))
/// rows[r * pitch + c] (= or +=) lanes[c * kLanes + r] for c < columns and r < count <= kLanes.
SONOGRAD_SIMD_DECLARE(void lanes_to_rows(const float* lanes, std::int64_t columns, std::int64_t count, bool add,
                                         float* rows, std::int64_t pitch))
// clang-format on

}  // namespace sonograd::kernels::cpu
