// One step of gradient descent over all parameters in one call, in PyTorch's form.
//
//   all:      g = gradient + l2 * p + l1 * sign(p);  AdamW first: p -= lr * decay * p
//   sgd:      m = momentum * m + g;  p -= lr * (g + momentum * m with nesterov, else m)     (momentum 0: p -= lr * g)
//   adam(w):  m = beta1 * m + (1 - beta1) * g;  v = beta2 * v + (1 - beta2) * g^2
//             p -= lr * (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + eps)
//   rmsprop:  v = alpha * v + (1 - alpha) * g^2;  u = g / (sqrt(v) + eps)
//             with momentum m = momentum * m + u, u = m;  p -= lr * u
//
//   p, gradient, m (`first`), v (`second`): equal shapes; m and v are zeros at first. A rule has m if uses_first, v if
//   uses_second. Each p is f32 or bf16, its gradient likewise; m and v are f32 always (f64, then of all: `reference` only).
//   Arithmetic is in float32; p is rounded once, to the nearest value and ties to even. step counts from 1. An undefined
//   gradient is zero. If `clip_factor` is given, a single element of f32 on the device (kernels/optimizer/clip_factor.h),
//   every gradient is multiplied by it first.
// Kingma and Ba, "Adam", 2015; Loshchilov and Hutter, "Decoupled weight decay regularization", 2019; Tieleman and Hinton,
// lecture 6.5, 2012. Errors: ShapeError for missing views or different shapes; DTypeError for other types; ConfigError for a
// step below 1 or an option outside of its range.
#pragma once

#include "kernels/core/variant.h"
#include "tensor/support/words.h"

namespace sonograd::kernels {

enum class OptimizerRule : std::uint8_t { sgd, adam, adamw, rmsprop };

struct OptimizerOptions {
  OptimizerRule rule = OptimizerRule::adam;
  double lr = 1e-3;     ///< >= 0
  double momentum = 0;  ///< sgd, rmsprop; in [0, 1)
  bool nesterov = false;
  double beta1 = 0.9, beta2 = 0.999;  ///< adam, adamw; in [0, 1)
  double alpha = 0.99;                ///< rmsprop; in [0, 1)
  double eps = 1e-8;                  ///< > 0
  double l2 = 0, l1 = 0;              ///< added to the gradient; >= 0
  double decay = 0;                   ///< adamw, decoupled; >= 0

  bool uses_first() const {
    return rule == OptimizerRule::adam || rule == OptimizerRule::adamw || momentum != 0;
  }
  bool uses_second() const { return rule != OptimizerRule::sgd; }
};

/// Views of one parameter; all except the gradient are updated in place. The gradient, and state that the rule does not
/// use, may be undefined.
struct OptimizedParameter {
  View value, gradient, first, second;
};

struct OptimizerProblem {
  OptimizerOptions options;
  std::int64_t step = 1;
  std::int64_t parameters = 0;
  std::int64_t elements = 0;
  std::int64_t bf16_elements = 0;  ///< of `elements`: of parameters in bf16
  DType dtype = DType::f32;        ///< of the state and the arithmetic

  double flops() const { return 12.0 * static_cast<double>(elements); }
  /// Bytes of values, gradients and state: all are read, and all except the gradients are written.
  double bytes() const {
    const int state = options.uses_first() + options.uses_second();
    const auto size = static_cast<double>(size_of(dtype));
    return size * (3.0 + 2.0 * state) * static_cast<double>(elements) -
           3.0 * (size - 2) * static_cast<double>(bf16_elements);
  }
  std::string summary() const {
    return concat("rule ", static_cast<int>(options.rule), options.uses_first() ? " first" : "",
                  " parameters ", parameters, " elements ", elements, ' ', name_of(dtype),
                  bf16_elements == 0 ? "" : concat(", bf16 ", bf16_elements));
  }
};

struct OptimizerStep {
  static constexpr std::string_view name = "optimizer_step";
  using Problem = OptimizerProblem;
  struct Args {
    std::span<const OptimizedParameter> parameters;
    View clip_factor;
  };
};

/// Updates all parameters and their state in place.
void optimizer_step(const OptimizerOptions& options, std::int64_t step,
                    std::span<const OptimizedParameter> parameters, const View& clip_factor = {});

}  // namespace sonograd::kernels

namespace sonograd {

template <>
inline constexpr auto kWords<kernels::OptimizerRule> =
    std::to_array<Word<kernels::OptimizerRule>>({{"adamw", kernels::OptimizerRule::adamw},
                                                 {"adam", kernels::OptimizerRule::adam},
                                                 {"sgd", kernels::OptimizerRule::sgd},
                                                 {"rmsprop", kernels::OptimizerRule::rmsprop}});

}  // namespace sonograd
