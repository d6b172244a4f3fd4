// Pooling of one row of a map: all frequencies and channels of one time step.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

/// Sizes of one example: x [t, f, channels], y [out_t, out_f, channels].
struct PoolMap {
  std::int64_t t, f, channels, out_t, out_f;
  std::int64_t kernel_t, kernel_f, stride_t, stride_f;
  bool rectify = false;  ///< for maxima: see pool.h
};

// `T` is float or bf16, `Index` std::uint8_t or std::int32_t; rows are output rows forward and input rows backward.
// clang-format off
/// Computes row `row` of y, and its index [out_f, channels] unless null, from all of x.
SONOGRAD_SIMD_DECLARE(template <class T, class Index>
                      void max_pool_row(const PoolMap& map, const T* x, std::int64_t row, bool add, T* y,
                                        Index* index))
/// Computes row `row` of dx from all of dy and index.
SONOGRAD_SIMD_DECLARE(template <class T, class Index>
                      void max_pool_backward_row(const PoolMap& map, const T* dy, const Index* index,
                                                 std::int64_t row, bool add, T* dx))
SONOGRAD_SIMD_DECLARE(template <class T>
                      void avg_pool_row(const PoolMap& map, const T* x, std::int64_t row, bool add, T* y))
SONOGRAD_SIMD_DECLARE(template <class T>
                      void avg_pool_backward_row(const PoolMap& map, const T* dy, std::int64_t row, bool add, T* dx))
// clang-format on

}  // namespace sonograd::kernels::cpu
