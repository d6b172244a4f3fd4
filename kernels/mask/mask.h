// Rectangles of maps, replaced by the mean of their map (Park et al., "SpecAugment", Interspeech 2019).
//
//   y[n, t, f] = mean of x[n] if (t, f) lies in one of the rectangles of n, else x[n, t, f]
//
//   x, y [N, T, F], f32 or bf16 (f64: `reference` only); y may be x
//   rectangles [N, R, 4], i32: first frame, frames, first band, bands; parts outside of the map are ignored
// Errors: ShapeError when extents do not fit; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

/// A row of `rectangles`: first frame, frames, first band, bands.
struct MaskRectangle {
  std::int32_t frame, frames, band, bands;

  constexpr bool holds(std::int64_t t, std::int64_t f) const {
    return t >= frame && t < std::int64_t{frame} + frames && f >= band && f < std::int64_t{band} + bands;
  }
};

struct MaskProblem {
  std::int64_t maps = 0, frames = 0, bands = 0, rectangles = 0;  ///< rectangles per map
  DType dtype = DType::f32;

  static MaskProblem make(const Shape& x, const Shape& rectangles, DType dtype = DType::f32);
  std::int64_t size() const { return frames * bands; }
  Shape shape() const { return {maps, frames, bands}; }
  Shape rectangles_shape() const { return {maps, rectangles, 4}; }
  /// One addition per element: the mean.
  double flops() const { return static_cast<double>(shape().numel()); }
  /// Bytes of x, which is touched twice, and of y.
  double bytes() const { return 3 * static_cast<double>(size_of(dtype)) * flops(); }
  std::string summary() const { return concat(shape(), ' ', rectangles, " rectangles ", name_of(dtype)); }
};

struct MaskMaps {
  static constexpr std::string_view name = "mask_maps";
  using Problem = MaskProblem;
  struct Args {
    View x, rectangles;
    Out y;
  };
};

/// y (= or +=) the masked maps.
void mask_maps(const MaskProblem& p, const View& x, const View& rectangles, const Out& y);

}  // namespace sonograd::kernels
