// One row of a map: all frequencies and channels of one pooled (forward, sums) or unpooled (dx) time step; T is float or
// bf16.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"
#include "kernels/core/store.h"

namespace sonograd::kernels::cpu {

/// Sizes of a row: x [pool_t, f, channels], y [out_f, channels].
struct BnReluPoolRow {
  std::int64_t f, channels, out_f, pool_t, pool_f;
};

// clang-format off
/// Computes y [out_f, channels] (= or +=) and its index from x [pool_t, f, channels].
SONOGRAD_SIMD_DECLARE(template <class T>
                      void bn_relu_pool_row(const BnReluPoolRow& row, const T* x, const float* mean,
                                            const float* scale, const float* shift, bool add, T* y,
                                            std::uint8_t* index))
/// Adds the sums of dz and of dz * (x - mean) over one row of windows to sum_dy and sum_dy_x [channels].
SONOGRAD_SIMD_DECLARE(template <class T>
                      void bn_relu_pool_sums_row(const BnReluPoolRow& row, const T* x, const T* dy,
                                                 const std::uint8_t* index, const float* mean, float* sum_dy,
                                                 float* sum_dy_x))
/// Computes dx [f, channels] = dy_factor * dz + x_factor * (x - mean) + constant for row `t` of a row of windows; dy is
/// null for a row below the last window.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void bn_relu_pool_gradient_row(const BnReluPoolRow& row, const T* x, const T* dy,
                                                     const std::uint8_t* index, std::int64_t t, const float* mean,
                                                     const float* dy_factor, const float* x_factor,
                                                     const float* constant, Store mode, T* dx))
// clang-format on

}  // namespace sonograd::kernels::cpu
