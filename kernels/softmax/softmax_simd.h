// One row of a softmax; T is float or bf16.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

// clang-format off
SONOGRAD_SIMD_DECLARE(template <class T> void softmax_row(const T* x, std::int64_t n, bool log, bool add, T* y))
SONOGRAD_SIMD_DECLARE(template <class T>
                      void softmax_row_gradient(const T* y, const T* dy, std::int64_t n, bool log, bool add, T* dx))
// clang-format on

}  // namespace sonograd::kernels::cpu
