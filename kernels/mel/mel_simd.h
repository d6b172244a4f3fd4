// Mel bands of sixteen frames side by side (kernels/stft/lanes_simd.h), and decibels.
#pragma once

#include "kernels/stft/lanes_simd.h"

namespace sonograd::kernels::cpu {

/// Bins [begin, end) of a band; all others have weight 0.
struct BandSpan {
  std::int32_t begin, end;
};

// clang-format off
/// Computes mel [bands] lanes from power [bins] lanes; bank [bins, bands].
SONOGRAD_SIMD_DECLARE(void bands_of_lanes(const float* power, const float* bank, const BandSpan* spans,
                                          std::int64_t bands, float* mel))
/// y (= or +=) 10 log10(max(x, amin)) - offset; y may be x.
SONOGRAD_SIMD_DECLARE(void decibels(const float* x, std::int64_t n, float amin, float offset, bool add, float* y))
/// dx (= or +=) dy 10 / (ln(10) x) where x is not below amin, else 0; dx may be dy.
SONOGRAD_SIMD_DECLARE(void decibels_gradient(const float* x, const float* dy, std::int64_t n, float amin, bool add,
                                             float* dx))
/// The largest of `n` elements; -infinity if there are none.
SONOGRAD_SIMD_DECLARE(float largest(const float* x, std::int64_t n))
// clang-format on

}  // namespace sonograd::kernels::cpu
