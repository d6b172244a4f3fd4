// Inner loop of the input gradient of a strided 2-D convolution: a few positions with the same taps, and a few vectors of
// their channels, summed in registers.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

inline constexpr std::int64_t kPhaseInputs = 32;     ///< input channels of a packed weight
inline constexpr std::int64_t kPhasePositions = 12;  ///< most positions of a tile

/// dx[r][c] = sum over taps and o of dy[tap][r][o] * weight[tap][o][c].
template <class T>
struct PhaseTile {
  const float* const* dy;      ///< [taps][kPhasePositions] pointers to `depth` gradients each
  const float* const* weight;  ///< [taps] pointers to [depth][kPhaseInputs] each
  std::int64_t taps, depth;
  T* const* dx;                    ///< [positions] pointers to `inputs` channels each, float or bf16
  std::int64_t positions, inputs;  ///< 1 to kPhasePositions; 1 to kPhaseInputs
  bool adds;                       ///< accumulates instead of replacing
};

SONOGRAD_SIMD_DECLARE(template <class T> void sum_phase_tile(const PhaseTile<T>& tile))

}  // namespace sonograd::kernels::cpu
