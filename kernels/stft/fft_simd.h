// Fast Fourier transforms of sixteen real rows side by side. Complex number k of all rows is 16 real parts at
// z[2 * k * kLanes], then 16 imaginary parts.
#pragma once

#include <cstdint>

#include "kernels/stft/lanes_simd.h"

namespace sonograd::kernels::cpu {

/// One step of Stockham's self-sorting transform (decimation in frequency): `stride` interleaved transforms
/// of radix * columns points each.
struct FftStage {
  std::int64_t radix, columns, stride;
  const float*
      twiddles;  ///< [columns, radix - 1] complex: exp(-2 pi j p q / (radix * columns)), q = 1 .. radix - 1
  const float* roots;  ///< [radix] complex: exp(-2 pi j q / radix)
};

/// Stages of a transform of `n` real points, as n/2 complex ones when n is even, else as n.
struct RealFft {
  std::int64_t n, points, stage_count;
  const FftStage* stages;
  const float* unpack;  ///< [points + 1] complex: exp(-2 pi j k / n)
};

// clang-format off
/// Transforms z [points] with the help of `scratch` [points]. Returns the result, which is in z or in scratch.
SONOGRAD_SIMD_DECLARE(const float* transform_lanes(const RealFft& fft, float* z, float* scratch))
/// Writes the powers of the n/2 + 1 bins of the real rows, in lanes, from z, the transform of the packed rows.
SONOGRAD_SIMD_DECLARE(void power_bins(const RealFft& fft, const float* z, float* power))
/// Writes the bins of the real rows: real parts in lanes 2k, imaginary parts in lanes 2k + 1.
SONOGRAD_SIMD_DECLARE(void complex_bins(const RealFft& fft, const float* z, float* bins))
/// y[i] = x[i] * window[i]; `Sample` is float or std::int16_t.
SONOGRAD_SIMD_DECLARE(template <class Sample>
                      void apply_window(const Sample* x, const float* window, std::int64_t n, float* y))
// clang-format on

}  // namespace sonograd::kernels::cpu
