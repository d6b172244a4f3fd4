// Transforms of Winograd's convolution. Vectors run over channels.
#pragma once

#include <cstdint>

#include "kernels/conv2d/cpu/panel_product_simd.h"

namespace sonograd::kernels::cpu {

/// Points of a transformed tile, 4 x 4, and of filters.
inline constexpr std::int64_t kWinogradPoints = 16;
/// Points of a tile along an axis with a stride of 1 or 2; as many inputs lie under it.
constexpr int winograd_points(std::int64_t stride) {
  return stride == 1 ? 4 : 5;
}
/// Channels of a panel; zeros fill the last one.
inline constexpr std::int64_t kWinogradPanel = kProductPanel;
/// Channels of a panel whose elements are rows of a product: whole register tiles.
inline constexpr std::int64_t kWinogradRows = 4 * kProductTileRows;

// clang-format off
/// B^T d B for the patch d of each channel c < `channels`, at v[point * point_step + c / kWinogradRows * panel_step +
/// c % kWinogradRows]. `patch` points to the channels of its positions, as many as points. Strides: 1 or 2. Whole vectors are written.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void winograd_input(std::int64_t stride_t, std::int64_t stride_f, const T* const* patch,
                                          std::int64_t channels, float* v, std::int64_t point_step,
                                          std::int64_t panel_step))

/// m[point * point_step + c] = A g A^T for the tile g [2, 2] of each channel, c < kWinogradPanel; zeros from `channels` on. `tile`
/// points to the channels of its 4 positions.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void winograd_gradient(const T* const* tile, std::int64_t channels, float* m,
                                             std::int64_t point_step))

/// y = A^T m A + bias for `channels` channels, at the 4 positions of the tile that are not null. `bias` [kWinogradPanel].
SONOGRAD_SIMD_DECLARE(template <class T>
                      void winograd_output(std::int64_t stride_t, std::int64_t stride_f, const float* m,
                                           std::int64_t point_step, const float* bias, std::int64_t channels,
                                           bool add, T* const* y))

// clang-format on

}  // namespace sonograd::kernels::cpu
