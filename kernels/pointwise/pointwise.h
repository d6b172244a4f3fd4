// Elementwise functions of one tensor, and of two with broadcasting.
//
//   unary:           y[i] = f(x[i])
//   unary_backward:  dx[i] = dy[i] f'(x[i]); `saved` is x or y, as `saved_by(f)` states, or any tensor of that shape if it
//                    is neither
//   binary:          y[i] = f(a[i], b[i]), by NumPy's rules: shapes are aligned at their last axes, and an axis that is
//                    missing or 1 in one operand repeats
//
//   any shapes, dense; f32 or bf16, the same for all tensors of a call (f64: `reference` only). Arithmetic in float32; a
//   result is rounded once. An output may be an input of its shape. NaN propagates.
// Functions: functions.h. Errors: ShapeError when extents do not fit; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"
#include "kernels/pointwise/functions.h"

namespace sonograd::kernels {

struct UnaryProblem {
  Unary function = Unary::relu;
  Shape shape;
  double alpha = 1;  ///< parameter of functions that have one, like `scale`
  DType dtype = DType::f32;

  /// One operation per element, whatever the function.
  double flops() const { return static_cast<double>(shape.numel()); }
  /// Bytes of `tensors` tensors, each touched once: 2 forward, 3 backward.
  double bytes(int tensors) const { return tensors * static_cast<double>(size_of(dtype)) * flops(); }
  std::string summary() const { return concat(shape, " function ", name_of(function), ' ', name_of(dtype)); }
};

struct BinaryProblem {
  Binary function = Binary::add;
  Shape a, b, y;
  /// Extents of y, and steps between neighbours in a and b, 0 where these repeat. Axes are joined where both operands allow
  /// it. The last steps are 0 or 1. At least one axis.
  Shape extents;
  Strides a_steps{}, b_steps{};
  DType dtype = DType::f32;

  static BinaryProblem make(Binary function, const Shape& a, const Shape& b, DType dtype = DType::f32);
  double flops() const { return static_cast<double>(y.numel()); }
  double bytes() const {
    return static_cast<double>(size_of(dtype)) * static_cast<double>(a.numel() + b.numel() + y.numel());
  }
  std::string summary() const { return concat(a, b, " function ", name_of(function), ' ', name_of(dtype)); }
};

/// Returns the extents of f(a, b). Throws ShapeError that names `op` when a and b do not fit.
Shape broadcast(std::string_view op, const Shape& a, const Shape& b);

struct UnaryForward {
  static constexpr std::string_view name = "unary_forward";
  using Problem = UnaryProblem;
  static double bytes(const Problem& p) { return p.bytes(2); }
  struct Args {
    View x;
    Out y;
  };
};
struct UnaryBackward {
  static constexpr std::string_view name = "unary_backward";
  using Problem = UnaryProblem;
  static double bytes(const Problem& p) { return p.bytes(3); }
  struct Args {
    View saved, dy;
    Out dx;
  };
};
struct BinaryForward {
  static constexpr std::string_view name = "binary_forward";
  using Problem = BinaryProblem;
  struct Args {
    View a, b;
    Out y;
  };
};

void unary_forward(const UnaryProblem& p, const View& x, const Out& y);
void unary_backward(const UnaryProblem& p, const View& saved, const View& dy, const Out& dx);
void binary_forward(const BinaryProblem& p, const View& a, const View& b, const Out& y);

}  // namespace sonograd::kernels
