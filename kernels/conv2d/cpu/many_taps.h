// Convolutions of a map with one channel by wide filters: sizes that their rows share, and the packed operands of the forward
// convolution, for the row `many_taps` and for ops that fuse it with the next ones.
#pragma once

#include <algorithm>

#include "kernels/conv2d/conv2d.h"
#include "kernels/conv2d/cpu/many_taps_simd.h"
#include "kernels/core/launch.h"

namespace sonograd::kernels {
class WeightCache;
}

namespace sonograd::kernels::cpu {

/// The reason for which no row for wide filters supports a problem; null: they do.
const char* why_not_many_taps(const Conv2dProblem& p, const Context& context);

/// Taps of a filter, panels of output channels, and extents of the map with its padding.
struct ManyTapsSizes {
  std::int64_t taps, panels, out_channels;
  std::int64_t map_row, map_rows;  ///< elements of a row, rows of an example
  TapLines lines;                  ///< all taps, in the order of the weight

  explicit ManyTapsSizes(const Conv2dProblem& p)
      : taps(p.kernel.t * p.kernel.f),
        panels(blocks_of(p.out_channels, kManyTapsPanel)),
        out_channels(p.out_channels),
        map_row(p.f + p.options.padding.f_before + p.options.padding.f_after),
        map_rows(p.t + p.options.padding.t_before + p.options.padding.t_after),
        lines{p.kernel.t, p.kernel.f, p.options.dilation.t * map_row, p.options.dilation.f} {}

  std::int64_t channels_of(std::int64_t panel) const {
    return std::min(kManyTapsPanel, out_channels - panel * kManyTapsPanel);
  }
};

/// Division of the outputs into stretches: pieces of lines along time or frequency.
struct WindowStretches {
  std::int64_t lines, length;  ///< lines of an example, positions of a line
  std::int64_t pieces;         ///< of a line
  std::int64_t x_line,
      x_step;  ///< elements of the padded map from line to line, and from position to position
  std::int64_t y_line, y_step;    ///< positions of the result
  std::int64_t x_batch, y_batch;  ///< from example to example

  static WindowStretches along_time(const Conv2dProblem& p);
  static WindowStretches along_frequency(const Conv2dProblem& p);
  std::int64_t per_example() const { return lines * pieces; }
};

/// One stretch: the first window in the padded map, the first position of the result, and the number of positions.
struct WindowStretch {
  static constexpr std::int64_t kMost = 256;  ///< positions; sums of a gradient in float32 are no longer

  WindowRun windows;
  std::int64_t first;

  WindowStretch(const WindowStretches& all, const float* map, std::int64_t i);
};

/// The map with its padding, the weight in panels and the bias, all in float32.
class ManyTapsOperands {
 public:
  static std::size_t workspace(const Conv2dProblem& p);
  /// `bias` may be undefined. `cache` keeps the packed weight between calls; null: it is packed in `workspace`.
  ManyTapsOperands(const Conv2dProblem& p, const View& x, const View& weight, const View& bias,
                   WeightCache* cache, Workspace& workspace);

  /// Element 0 of the padded map of example 0; examples lie `map_rows * map_row` elements apart.
  const float* map() const { return map_; }
  /// [taps, kManyTapsPanel]
  const float* weight(std::int64_t panel) const { return weight_ + panel * sizes_.taps * kManyTapsPanel; }
  /// [kManyTapsPanel]
  const float* bias(std::int64_t panel) const { return bias_ + panel * kManyTapsPanel; }

 private:
  ManyTapsSizes sizes_;
  const float *map_, *weight_, *bias_;
};

}  // namespace sonograd::kernels::cpu
