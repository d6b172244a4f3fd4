// Transforms of Winograd's convolution along one axis. Vectors run over channels.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

/// Outputs of a tile, taps of a piece of a filter, and points of a transformed tile: inputs under a tile.
inline constexpr int kLineOutputs = 4, kLineTaps = 4, kLinePoints = kLineOutputs + kLineTaps - 1;

// clang-format off
/// v[point * point_step + c] = B^T d for the inputs d [kLinePoints] of each channel. `inputs` points to the channels of the positions.
/// Whole vectors are written.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void winograd_line_input(const T* const* inputs, std::int64_t channels, float* v,
                                               std::int64_t point_step))

/// y = A^T m + bias for `channels` channels, at the positions of the tile [kLineOutputs] that are not null. m[point * point_step + c].
SONOGRAD_SIMD_DECLARE(template <class T>
                      void winograd_line_output(const float* m, std::int64_t point_step, const float* bias, std::int64_t channels,
                                                bool add, T* const* y))
// clang-format on

}  // namespace sonograd::kernels::cpu
