// Tensors of one value, written on their device: nothing is copied from the host.
//
//   y[i] (= or +=) value
//
//   y any shape, dense; f32 or bf16 (f64: `reference` only)
// Errors: ShapeError for a strided y; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

struct FillProblem {
  Shape shape;
  double value = 0;
  DType dtype = DType::f32;

  double flops() const { return 0; }
  double bytes() const { return static_cast<double>(size_of(dtype)) * static_cast<double>(shape.numel()); }
  std::string summary() const { return concat(shape, ' ', name_of(dtype)); }
};

struct Fill {
  static constexpr std::string_view name = "fill";
  using Problem = FillProblem;
  struct Args {
    Out y;
  };
};

/// y (= or +=) value, which is rounded to the type of y.
void fill(double value, const Out& y);

}  // namespace sonograd::kernels
