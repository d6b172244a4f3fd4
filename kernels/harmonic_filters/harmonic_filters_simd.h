// Harmonic filters of up to sixteen rows side by side (kernels/stft/lanes_simd.h).
#pragma once

#include "kernels/stft/lanes_simd.h"

namespace sonograd::kernels::cpu {

/// Bins [begin, end) of a filter; the weight of bin `begin` is in place `first` of those of all filters.
struct WeightSpan {
  std::int64_t first;
  std::int32_t begin, end;
};

/// The filters of a call.
struct HarmonicBank {
  const WeightSpan* spans;  ///< [bands]
  const float* weights;
  std::int64_t bins, bands;
};

// clang-format off
/// y [count, bands] (= or +=) the filtered rows of x [count, bins], count <= 16. Scratch memory: 16 (bins + bands) elements.
SONOGRAD_SIMD_DECLARE(void harmonic_block(const HarmonicBank& bank, const float* x, std::int64_t count, bool add, float* y,
                                          float* scratch))
/// dx [count, bins] (= or +=) the gradient of those rows; dy [count, bands].
SONOGRAD_SIMD_DECLARE(void harmonic_block_gradient(const HarmonicBank& bank, const float* dy, std::int64_t count, bool add,
                                                   float* dx, float* scratch))
/// The sum of dy times the filtered rows; the weights of `bank` are derivatives by Q.
SONOGRAD_SIMD_DECLARE(float harmonic_block_q(const HarmonicBank& bank, const float* x, const float* dy, std::int64_t count,
                                             float* scratch))
// clang-format on

}  // namespace sonograd::kernels::cpu
