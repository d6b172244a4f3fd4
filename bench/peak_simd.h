// The loop that measures the peak of multiply-adds.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::bench {

/// Runs `rounds` rounds of independent multiply-adds in registers. Sets `operations` to the number of
/// floating-point operations; the result has no meaning, but must be used.
SONOGRAD_SIMD_DECLARE(float multiply_adds(std::int64_t rounds, double* operations))

}  // namespace sonograd::bench
