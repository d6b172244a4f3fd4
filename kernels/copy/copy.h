// Copies between views with any strides: permuting, slicing and joining tensors, and converting between storage types.
//
//   y[i] (= or +=) x[i] for every index i of the common extents
//
//   x and y any strides (0 in x repeats), at most 8 axes, not overlapping; each f32 or bf16, or both f64 (`reference` only)
//   Into bf16 values are rounded to the nearest, ties to even; sums are rounded once.
// Errors: ShapeError when extents differ; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

/// Extents and strides with axes joined where both views allow it, so that most copies have one or two axes.
struct CopyProblem {
  Shape shape;
  Strides from{}, to{};                            // steps in elements
  DType dtype = DType::f32, y_dtype = DType::f32;  // types of x and of y

  static CopyProblem make(const View& x, const View& y);
  double flops() const { return 0; }
  double bytes() const {
    return static_cast<double>(size_of(dtype) + size_of(y_dtype)) * static_cast<double>(shape.numel());
  }
  std::string summary() const;
};

struct Copy {
  static constexpr std::string_view name = "copy";
  using Problem = CopyProblem;
  struct Args {
    View x;
    Out y;
  };
};

/// y (= or +=) x.
void copy(const View& x, const Out& y);

/// y (= or +=) x at positions `start` and following of `axis`, zero elsewhere: the adjoint of taking a slice. y dense.
void place_slice(const View& x, int axis, std::int64_t start, const Out& y);

}  // namespace sonograd::kernels
