// One optimiser step over all parameters of a network, in the form of the reference framework (torch.optim).
//
//   g = gradient_scale * dw + l2 * w + l1 * sign(w)
//   sgd      b = momentum * b + g;   w -= lr * (nesterov ? g + momentum * b : b)
//   adam     m = beta1 * m + (1 - beta1) * g,  v = beta2 * v + (1 - beta2) * g^2
//            w -= lr / (1 - beta1^t) * m / (sqrt(v / (1 - beta2^t)) + eps)          (Kingma, Ba, ICLR 2015)
//   adamw    w *= 1 - lr * weight_decay, then as adam without l2                    (Loshchilov, Hutter, ICLR
//   2019) rmsprop  v = alpha * v + (1 - alpha) * g^2,  b = momentum * b + g / (sqrt(v) + eps);  w -= lr * b
//
//   w, dw and the states of one parameter have the same extents; f32 (f64: `reference` only). States start as
//   zeros. first state: b (sgd), m (adam, adamw), v (rmsprop); second: v (adam, adamw), b (rmsprop)
// Errors: ShapeError or DTypeError when the views of a parameter differ; ConfigError for options out of
// range.
#pragma once

#include "kernels/core/variant.h"

namespace sonograd::kernels {

enum class OptimizerKind : std::uint8_t { sgd, adam, adamw, rmsprop };

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::adamw;
  double lr = 1e-3;           ///< > 0
  double weight_decay = 0;    ///< >= 0; decoupled for adamw, else the L2 term
  double l1 = 0;              ///< >= 0
  double momentum = 0;        ///< sgd, rmsprop: in [0, 1)
  bool nesterov = false;      ///< sgd
  double beta1 = 0.9;         ///< adam, adamw: in [0, 1)
  double beta2 = 0.999;       ///< adam, adamw: in [0, 1)
  double alpha = 0.99;        ///< rmsprop: in [0, 1)
  double eps = 1e-8;          ///< > 0
  double gradient_scale = 1;  ///< for clipping by the global norm
  std::int64_t step = 1;      ///< t: 1 for the first step
};

/// One parameter. `w` and the states are read and written, `dw` is read.
struct OptimizedParameter {
  View w, dw, first, second;
};

/// Everything that one step does.
struct OptimizerProblem {
  OptimizerOptions options;
  DType dtype = DType::f32;
};

struct OptimizerStep {
  static constexpr std::string_view name = "optimizer_step";
  using Problem = OptimizerProblem;
  struct Args {
    std::span<const OptimizedParameter> parameters;
  };
};

/// All parameters must be on one device and of one type; an empty list is fine.
void optimizer_step(const OptimizerOptions& options, std::span<const OptimizedParameter> parameters);

}  // namespace sonograd::kernels
