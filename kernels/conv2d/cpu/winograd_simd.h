// Parts of Winograd's convolution: transforms of tiles, and products of matrices at each of their 16 points. Vectors run over
// channels.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::cpu {

inline constexpr std::int64_t kWinogradPoints = 16;  ///< of a transformed tile, 4 x 4
inline constexpr std::int64_t kWinogradPanel = 32;   ///< channels of a panel; zeros fill the last one
inline constexpr std::int64_t kWinogradRows =
    48;  ///< channels of a panel that is read by rows, whole register tiles

/// Rows of a matrix: element (r, k) is at[r * row_step + k * depth_step]. One of the steps must be 1.
struct WinogradRows {
  const float* at;
  std::int64_t row_step, depth_step;
};

// clang-format off
/// B^T d B for the patch d [4, 4] of each channel c < `channels`, at v[point * point_step + c / kWinogradRows * panel_step +
/// c % kWinogradRows]. `patch` points to the channels of its 16 positions. Whole vectors are written.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void winograd_input(const T* const* patch, std::int64_t channels, float* v,
                                          std::int64_t point_step, std::int64_t panel_step))

/// m[point * point_step + c] = A g A^T for the tile g [2, 2] of each channel, c < kWinogradPanel; zeros from `channels` on. `tile`
/// points to the channels of its 4 positions.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void winograd_gradient(const T* const* tile, std::int64_t channels, float* m,
                                             std::int64_t point_step))

/// y = A^T m A + bias for `channels` channels, at the 4 positions of the tile that are not null. `bias` [kWinogradPanel].
SONOGRAD_SIMD_DECLARE(template <class T>
                      void winograd_output(const float* m, std::int64_t point_step, const float* bias, std::int64_t channels,
                                           bool add, T* const* y))

/// m[r, c] (= or +=) the sum over k < depth of rows[r, k] * u[k, c], for `count` rows and at least `columns` columns. `u` [depth,
/// kWinogradPanel], `m` [count, kWinogradPanel]. Sums are in the order of k, whatever the other rows are.
SONOGRAD_SIMD_DECLARE(void winograd_product(const WinogradRows& rows, std::int64_t count, std::int64_t depth, const float* u,
                                            std::int64_t columns, bool add, float* m))
// clang-format on

}  // namespace sonograd::kernels::cpu
