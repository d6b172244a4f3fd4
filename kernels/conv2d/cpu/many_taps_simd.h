// Convolutions of a map with one channel by wide filters, as products of matrices over overlapping windows: no window is
// copied. Output channels lie in panels; vectors run over the channels of a panel, or in the gradient of the input over the
// taps of a filter.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"
#include "kernels/core/store.h"

namespace sonograd::kernels::cpu {

/// Output channels of a panel, and taps of a panel of the rotated weight; zeros fill the last one.
inline constexpr std::int64_t kManyTapsPanel = 32;

/// Taps of a filter, in the padded map: `lines` lines of `taps` taps.
struct TapLines {
  std::int64_t lines, taps;
  std::int64_t line_step, tap_step;  ///< elements of the padded map
};

/// Positions of x under a stretch of outputs: the first one, and the rest `x_step` elements apart.
struct WindowRun {
  const float* x;
  std::int64_t count;
};

/// Destination of a stretch of outputs of one panel: y[i * step + c] for c < channels.
template <class T>
struct PanelOutput {
  T* y;
  std::int64_t step, channels;
  Store mode;
};

// clang-format off
/// Computes `run.count` positions of one panel. `weight` [lines * taps, kManyTapsPanel], `bias` [kManyTapsPanel]. Sums are in
/// the order of the taps, whatever the other positions are.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void many_taps_forward(const TapLines& taps, const WindowRun& run, std::int64_t x_step,
                                             const float* weight, const float* bias, const PanelOutput<T>& out))

/// Copies `channels` channels (1 to kManyTapsPanel) of `count` positions `step` apart, zeros after them.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void many_taps_pack(const T* from, std::int64_t step, std::int64_t count, std::int64_t channels,
                                          float* to))

/// Adds to sums [lines * taps, kManyTapsPanel] the products of the windows of all runs and dy [positions, kManyTapsPanel],
/// whose positions are those of the runs in order. Channels from `channels` on are left out.
SONOGRAD_SIMD_DECLARE(void many_taps_weight(const TapLines& taps, const WindowRun* runs, std::int64_t run_count,
                                            std::int64_t x_step, const float* dy, std::int64_t channels,
                                            double* sums))

/// Adds to line[a * stride + j], a < count, j < taps, the sums over c < channels of dy[a * dy_step + c] * weight[c, j].
/// `weight` [ceil(taps / kManyTapsPanel), channels, kManyTapsPanel].
SONOGRAD_SIMD_DECLARE(void many_taps_data(const float* dy, std::int64_t dy_step, std::int64_t count,
                                          std::int64_t channels, const float* weight, std::int64_t taps,
                                          std::int64_t stride, float* line))
// clang-format on

}  // namespace sonograd::kernels::cpu
