// The loop that the peak of multiply-adds is measured with.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::bench {

/// Runs `rounds` rounds of independent multiply-adds in registers. `operations` is set to how many
/// floating-point operations that were; the result means nothing, but must be used.
SONOGRAD_SIMD_DECLARE(float multiply_adds(std::int64_t rounds, double* operations))

}  // namespace sonograd::bench
