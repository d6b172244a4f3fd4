// One line of a copy, contiguous on both sides; From and To are float or bf16.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
SONOGRAD_SIMD_DECLARE(template <class From, class To>
                      void copy_line(const From* x, std::int64_t n, bool add, To* y))
// clang-format on

}  // namespace sonograd::kernels::cpu
