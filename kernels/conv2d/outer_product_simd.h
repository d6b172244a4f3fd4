// The inner loop of the weight gradient of a 2-D convolution: sums of outer products of what a kernel tap sees and the
// gradients of the outputs, over a block of output rows. Both are packed, so that the loop reads memory in order.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

inline constexpr std::int64_t kOuterInputs = 64;  ///< input channels of a packed position
inline constexpr std::int64_t kOuterOutputs = 6;  ///< output channels of a packed position

/// What one output row gives.
struct OuterProductRow {
  const float* x;   ///< packed input row, [position][kOuterInputs]
  const float* dy;  ///< packed output row, [position][kOuterOutputs]
};

/// One kernel tap of a block of output rows.
struct OuterProductRows {
  const OuterProductRow* rows;
  std::int64_t count;
  std::int64_t x_first, dy_first;  ///< first input and output position that the tap joins
  std::int64_t positions;          ///< output positions from there on; the input advances by `stride`
  std::int64_t stride;
};

// clang-format off
/// Adds the sums to dw[outputs, inputs], whose rows lie `dw_step` apart. `outputs` 2, 4 or 6; `inputs` 1 to kOuterInputs.
SONOGRAD_SIMD_DECLARE(void add_outer_products(const OuterProductRows& rows, std::int64_t outputs, std::int64_t inputs,
                                              float* dw, std::int64_t dw_step))
// clang-format on

}  // namespace sonograd::kernels::cpu
