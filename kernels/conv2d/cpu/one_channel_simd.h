// Rows of a 2-D convolution of a map with one channel: the first layer of a tagger. Vectors run over the output channels;
// a tap multiplies one number of the input with one vector of the weight. Padded inputs and packed weights are float32;
// T, the element type of the maps in memory, is float or bf16.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"
#include "kernels/core/store.h"

namespace sonograd::kernels::cpu {

/// Geometry of a row. Weights are packed as [tap][channels_padded], taps in the order (i, j), zeros after the channels;
/// inputs are padded, so that every tap of every output lies inside.
struct OneChannelRow {
  std::int64_t kernel_t, kernel_f;
  std::int64_t stride_f, dilation_f;
  std::int64_t tap_step_t;  ///< distance of kernel rows in the padded map, in elements
  std::int64_t f, out_f;    ///< input (without padding) and output positions of a row
  std::int64_t f_before;    ///< zeros before position 0
  std::int64_t channels, channels_padded;
};

/// `channels_padded` is `channels` rounded up to a multiple of this.
inline constexpr std::int64_t kOneChannelPad = 16;

// clang-format off
/// Computes y [out_f, channels] from the padded rows at x. `bias` [channels_padded].
SONOGRAD_SIMD_DECLARE(template <class T>
                      void one_channel_forward_row(const OneChannelRow& row, const float* x, const float* weight,
                                                   const float* bias, Store mode, T* y))
/// Computes dx [f], replaced or accumulated. `dy_rows` [kernel_t]: the row of dy that reads this row of x through kernel
/// row i, null where there is none.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void one_channel_data_row(const OneChannelRow& row, const T* const* dy_rows,
                                                const float* weight, bool add, T* dx))
/// Adds to dw [kernel_t * kernel_f, channels_padded] the products of one row of dy [out_f, channels] and the padded rows
/// at x.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void one_channel_weight_row(const OneChannelRow& row, const float* x, const T* dy,
                                                  double* dw))
// clang-format on

}  // namespace sonograd::kernels::cpu
