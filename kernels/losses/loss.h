// Mean of an elementwise loss (criteria.h) over clips and tags.
//
//   loss = 1 / (R C) * sum over r, c of weight[c] * criterion(x[r, c], target[r, c])
//   dx[r, c] = dloss / (R C) * weight[c] * d criterion / dx
//
//   x, target [..., C], targets in [0, 1] for the logit criteria; weight [C] or undefined (all 1); marked [C]
//   of u8, 1 for tags with squared error, for bce_mse_mix only; loss and dloss scalars; f32 (f64: `reference`
//   only)
// Errors: ShapeError when extents do not fit or x is empty; DTypeError for other element types.
#pragma once

#include "kernels/core/variant.h"
#include "kernels/losses/criteria.h"

namespace sonograd::kernels {

struct LossProblem {
  Criterion criterion = Criterion::squared_error;
  Shape shape;
  std::int64_t rows = 0, tags = 0;
  DType dtype = DType::f32;

  static LossProblem make(Criterion criterion, const Shape& x, DType dtype = DType::f32);
  double flops() const { return 4.0 * static_cast<double>(shape.numel()); }
  /// Bytes of `tensors` tensors like x, each touched once: 2 forward, 3 backward.
  double bytes(int tensors) const;
  std::string summary() const {
    return concat(shape, " criterion ", static_cast<int>(criterion), ' ', name_of(dtype));
  }
};

struct LossForward {
  static constexpr std::string_view name = "loss_forward";
  using Problem = LossProblem;
  static double bytes(const Problem& p) { return p.bytes(2); }
  struct Args {
    View x, target, weight, marked;
    Out loss;
  };
};
struct LossBackward {
  static constexpr std::string_view name = "loss_backward";
  using Problem = LossProblem;
  static double bytes(const Problem& p) { return p.bytes(3); }
  struct Args {
    View x, target, weight, marked, dloss;
    Out dx;
  };
};

/// loss (= or +=) the mean loss.
void loss_forward(const LossProblem& p, const View& x, const View& target, const View& weight,
                  const View& marked, const Out& loss);
/// dx (= or +=) its gradient, from dloss, the gradient of the loss.
void loss_backward(const LossProblem& p, const View& x, const View& target, const View& weight,
                   const View& marked, const View& dloss, const Out& dx);

}  // namespace sonograd::kernels
