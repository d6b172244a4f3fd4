// Softmax over the last axis, and its logarithm; stable for values of any size.
//
//   softmax:      y[r, i] = exp(x[r, i] - m) / s       m = max of x[r], s = sum over j of exp(x[r, j] - m)
//   log_softmax:  y[r, i] = x[r, i] - m - log s
//   backward from the saved y:   softmax      dx = y (dy - sum over j of dy[j] y[j])
//                                log_softmax  dx = dy - exp(y) sum over j of dy[j]
//
//   x, y [..., C] with C >= 1; f32 or bf16 (f64: `reference` only)
// Errors: ShapeError when extents do not fit; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

struct SoftmaxProblem {
  Shape shape;
  bool log = false;  ///< log_softmax
  std::int64_t rows = 0, width = 0;
  DType dtype = DType::f32;

  static SoftmaxProblem make(const Shape& shape, bool log, DType dtype = DType::f32);
  /// Two exponentials and two additions per element.
  double flops() const { return 4.0 * static_cast<double>(shape.numel()); }
  /// Bytes of `tensors` tensors, each touched once: 2 forward, 3 backward.
  double bytes(int tensors) const;
  std::string summary() const { return concat(shape, log ? " log " : " ", name_of(dtype)); }
};

struct SoftmaxForward {
  static constexpr std::string_view name = "softmax_forward";
  using Problem = SoftmaxProblem;
  static double bytes(const Problem& p) { return p.bytes(2); }
  struct Args {
    View x;
    Out y;
  };
};
struct SoftmaxBackward {
  static constexpr std::string_view name = "softmax_backward";
  using Problem = SoftmaxProblem;
  static double bytes(const Problem& p) { return p.bytes(3); }
  struct Args {
    View y, dy;
    Out dx;
  };
};

/// y (= or +=) the softmax of x, or its logarithm.
void softmax_forward(const SoftmaxProblem& p, const View& x, const Out& y);
/// dx (= or +=) the gradient of x, from y and dy.
void softmax_backward(const SoftmaxProblem& p, const View& y, const View& dy, const Out& dx);

}  // namespace sonograd::kernels
