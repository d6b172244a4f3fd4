// Maxima over the bands of a convolution of a map with one channel by wide filters. Vectors run over the channels of a panel.
#pragma once

#include "kernels/conv2d/cpu/many_taps_simd.h"

namespace sonograd::kernels::cpu {

/// Windows of some frames: `bands` of each frame. Steps are elements of the padded map.
struct FrameRun {
  const float* x;  ///< band 0 of the first frame
  std::int64_t frames, frame_step;
  std::int64_t bands, band_step;
};

// clang-format off
/// Computes the maximum of `floor` and the results of one panel in all bands, for each frame; NaN counts as a maximum. `weight` [lines *
/// taps, kManyTapsPanel], `bias` [kManyTapsPanel]. Sums are in the order of the taps, whatever the other frames are.
SONOGRAD_SIMD_DECLARE(template <class T>
                      void band_maxima(const TapLines& taps, const FrameRun& run, const float* weight, const float* bias,
                                       float floor, const PanelOutput<T>& out))
// clang-format on

}  // namespace sonograd::kernels::cpu
