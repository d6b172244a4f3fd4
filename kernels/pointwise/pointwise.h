// Elementwise functions of one tensor, and of two with broadcasting over leading axes.
//
//   unary:           y[i] = f(x[i])
//   unary_backward:  dx[i] = dy[i] f'(x[i]), from the saved x or y (`saves_output`)
//   binary:          y[o, i] = f(a[o, i], b[i]): the extents of b are the last ones of a, or all of them
//
//   any shapes, dense; f32 (f64: `reference` only). An output may be one of the inputs. A NaN stays one.
// Errors: ShapeError when extents do not fit; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"
#include "kernels/pointwise/functions.h"

namespace sonograd::kernels {

struct UnaryProblem {
  Unary function = Unary::relu;
  Shape shape;
  double alpha = 1;  ///< of `scale`
  DType dtype = DType::f32;

  /// One operation per element, whatever it costs.
  double flops() const { return static_cast<double>(shape.numel()); }
  /// Bytes of `tensors` tensors, each touched once: 2 forward, 3 backward.
  double bytes(int tensors) const { return tensors * static_cast<double>(size_of(dtype)) * flops(); }
  std::string summary() const {
    return concat(shape, " function ", static_cast<int>(function), ' ', name_of(dtype));
  }
};

struct BinaryProblem {
  Binary function = Binary::add;
  Shape a, b;
  DType dtype = DType::f32;

  static BinaryProblem make(Binary function, const Shape& a, const Shape& b, DType dtype = DType::f32);
  double flops() const { return static_cast<double>(a.numel()); }
  double bytes() const {
    return static_cast<double>(size_of(dtype)) * static_cast<double>(2 * a.numel() + b.numel());
  }
  std::string summary() const {
    return concat(a, b, " function ", static_cast<int>(function), ' ', name_of(dtype));
  }
};

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
