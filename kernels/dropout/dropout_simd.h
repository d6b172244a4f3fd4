// Hot loop of dropout: a few Philox blocks at a time, one per vector lane.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"
#include "kernels/core/simd_random.h"

namespace sonograd::kernels::cpu {

/// Parameters of all blocks.
struct DropoutMask {
  simd::RandomWords key;
  std::uint32_t threshold;  ///< words below it drop their element
  float scale;              ///< 1 / (1 - p)
};

// clang-format off
/// Computes elements 4 * first_block + i, for i in [0, n), of the tensor. x and y, float or bf16, point to the first of
/// them.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void drop(const DropoutMask& mask, std::uint32_t first_block, const T* x, std::int64_t n, bool add,
                                T* y))
// clang-format on

}  // namespace sonograd::kernels::cpu
