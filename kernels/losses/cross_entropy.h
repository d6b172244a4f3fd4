// Mean cross entropy of softmax scores, with a stable log-softmax inside.
//
//   loss = 1 / N * sum over n of -log softmax(x[n])[k[n]]                 a class index per row, or
//   loss = 1 / N * sum over n, c of -target[n, c] log softmax(x[n])[c]    soft targets: label smoothing, mixup
//   dx[n, c] = dloss / N * (softmax(x[n])[c] * sum over c of target[n, c] - target[n, c])
//
//   x [N, C]; target [N] of i32 in [0, C), or [N, C] like x; loss and dloss scalars; f32 (f64: `reference` only)
// Errors: ShapeError when extents do not fit, x is empty or a class of a target on the host is outside of [0, C); DTypeError
// for other types. A GPU reads the classes after the call has returned, and a wrong one is a KernelError after which the GPU
// runs no more kernels of this process: call `check_classes` before an upload.
#pragma once

#include <span>

#include "kernels/core/variant.h"

namespace sonograd::kernels {

struct CrossEntropyProblem {
  std::int64_t rows = 0, classes = 0;
  bool soft = false;
  DType dtype = DType::f32;

  static CrossEntropyProblem make(const Shape& x, const Shape& target, DType dtype = DType::f32);
  Shape shape() const { return {rows, classes}; }
  double flops() const { return 4.0 * static_cast<double>(rows * classes); }
  /// Bytes of x, of a soft target, and of dx if `backward`, each touched once.
  double bytes(bool backward) const;
  std::string summary() const { return concat(shape(), soft ? " soft " : " ", name_of(dtype)); }
};

/// Throws ShapeError, with row and class, unless all classes are in [0, classes).
void check_classes(std::span<const std::int32_t> target, std::int64_t classes);

struct CrossEntropyForward {
  static constexpr std::string_view name = "cross_entropy_forward";
  using Problem = CrossEntropyProblem;
  static double bytes(const Problem& p) { return p.bytes(false); }
  struct Args {
    View x, target;
    Out loss;
  };
};
struct CrossEntropyBackward {
  static constexpr std::string_view name = "cross_entropy_backward";
  using Problem = CrossEntropyProblem;
  static double bytes(const Problem& p) { return p.bytes(true); }
  struct Args {
    View x, target, dloss;
    Out dx;
  };
};

/// loss (= or +=) the mean cross entropy.
void cross_entropy_forward(const CrossEntropyProblem& p, const View& x, const View& target, const Out& loss);
/// dx (= or +=) its gradient, from dloss, the gradient of the loss.
void cross_entropy_backward(const CrossEntropyProblem& p, const View& x, const View& target,
                            const View& dloss, const Out& dx);

}  // namespace sonograd::kernels
