// A copy of some filters in the order in which Winograd's rows transform them.
#pragma once

#include <algorithm>
#include <array>

#include "kernels/conv2d/cpu/panel_product_simd.h"
#include "kernels/conv2d/cpu/taps.h"
#include "kernels/core/stored.h"

namespace sonograd::kernels::cpu {

/// Taps of the filters from some input channels to a panel of outputs, which lie side by side: [taps, channels, outputs]. Those that
/// are not read stay 0.
template <class Number, int kTaps>
class TapBlock {
 public:
  static constexpr std::int64_t kChannels = 16;
  using Row = std::array<Number, kProductPanel>;

  /// Reads `taps`, `channels` and `outputs` of them; `from` points to the first one. It goes along the axis that is contiguous in memory,
  /// since lines along the other one are often a multiple of a page apart.
  template <class T>
  void read(const T* from, const Taps& steps, std::int64_t taps, std::int64_t channels,
            std::int64_t outputs) {
    channels = std::min(channels, kChannels);
    for (std::int64_t tap = 0; tap < taps; ++tap, from += steps.tap_step) {
      const auto copy = [&](std::int64_t o, std::int64_t c) {
        at(tap, c)[static_cast<std::size_t>(o)] =
            static_cast<Number>(widen(from[o * steps.output_step + c * steps.input_step]));
      };
      if (steps.output_step == 1) {
        for (std::int64_t c = 0; c < channels; ++c)
          for (std::int64_t o = 0; o < outputs; ++o) copy(o, c);
      } else {
        for (std::int64_t o = 0; o < outputs; ++o)
          for (std::int64_t c = 0; c < channels; ++c) copy(o, c);
      }
    }
  }

  /// The outputs of one tap and channel.
  Row& at(std::int64_t tap, std::int64_t channel) {
    return rows_[static_cast<std::size_t>(tap)][static_cast<std::size_t>(channel)];
  }

 private:
  std::array<std::array<Row, kChannels>, kTaps> rows_ = {};
};

}  // namespace sonograd::kernels::cpu
