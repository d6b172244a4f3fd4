// Inner loop of the weight gradient of a 2-D convolution: sums of outer products of the inputs under a kernel tap and the
// gradients of the outputs, over a block of output rows. Both are packed as float32 (from T: float or bf16), so that the
// loop reads memory in order.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

inline constexpr std::int64_t kOuterInputs = 32;   ///< input channels of a packed position
inline constexpr std::int64_t kOuterOutputs = 12;  ///< most output channels of a packed position

/// Operands of one output row.
struct OuterProductRow {
  const float* x;   ///< packed input row, [position][kOuterInputs]
  const float* dy;  ///< packed output row of the first tile, [position][kOuterOutputs]
};

/// One kernel tap of a block of output rows. The output channels lie in ceil(outputs / kOuterOutputs) tiles of nearly
/// equal, even size.
struct OuterProductRows {
  const OuterProductRow* rows;
  std::int64_t count;
  std::int64_t x_first, dy_first;  ///< first input position under the tap, and its output position
  std::int64_t positions;          ///< output positions from dy_first on; the input advances by `stride`
  std::int64_t stride;
  std::int64_t dy_step;  ///< distance of a packed output row of one tile from that of the next
};

// clang-format off
/// Adds the sums to dw[outputs, inputs], whose rows lie `dw_step` apart. `outputs` even; `inputs` 1 to kOuterInputs.
SONOGRAD_SIMD_DECLARE(void add_outer_products(const OuterProductRows& rows, std::int64_t outputs, std::int64_t inputs,
                                              float* dw, std::int64_t dw_step))

/// Copies `inputs` channels (1 to kOuterInputs) of `positions` positions that lie `step` apart, zeros after them.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void pack_inputs(const T* from, std::int64_t step, std::int64_t positions,
                                       std::int64_t inputs, float* to))

/// Copies `outputs` channels (even) of `positions` positions that lie `step` apart to the tiles, whose rows lie
/// `dy_step` apart.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void pack_outputs(const T* from, std::int64_t step, std::int64_t positions,
                                        std::int64_t outputs, float* to, std::int64_t dy_step))
// clang-format on

}  // namespace sonograd::kernels::cpu
