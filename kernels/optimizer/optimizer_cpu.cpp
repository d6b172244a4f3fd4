#include <algorithm>
#include <cmath>

#include "kernels/copy/copy_simd.h"
#include "kernels/core/launch.h"
#include "kernels/core/reference.h"
#include "kernels/optimizer/optimizer.h"
#include "kernels/optimizer/optimizer_simd.h"
#include "kernels/pointwise/pointwise_simd.h"

namespace sonograd::kernels::cpu {
namespace {

// ---- reference: one element; `first` and `second` are zero if the rule has no such state.
struct Element {
  double value, gradient, first, second;
};

void update(const OptimizerOptions& o, std::int64_t step, Element& e) {
  const double sign = e.value > 0 ? 1 : e.value < 0 ? -1 : 0;
  const double g = e.gradient + o.l2 * e.value + o.l1 * sign;
  const auto t = static_cast<double>(step);
  switch (o.rule) {
    case OptimizerRule::sgd:
      e.first = o.momentum * e.first + g;
      e.value -= o.lr * (o.nesterov ? g + o.momentum * e.first : e.first);
      break;
    case OptimizerRule::adam:
    case OptimizerRule::adamw:
      if (o.rule == OptimizerRule::adamw) e.value -= o.lr * o.decay * e.value;
      e.first = o.beta1 * e.first + (1 - o.beta1) * g;
      e.second = o.beta2 * e.second + (1 - o.beta2) * g * g;
      e.value -= o.lr * (e.first / (1 - std::pow(o.beta1, t))) /
                 (std::sqrt(e.second / (1 - std::pow(o.beta2, t))) + o.eps);
      break;
    case OptimizerRule::rmsprop:
      e.second = o.alpha * e.second + (1 - o.alpha) * g * g;
      e.first = o.momentum * e.first + g / (std::sqrt(e.second) + o.eps);
      e.value -= o.lr * e.first;
      break;
  }
}

template <class T>
void update_all(const OptimizerProblem& p, const OptimizedParameter& parameter, double factor) {
  using State = Computed<T>;
  const auto read = []<class V>(const V* values, std::int64_t i) {
    return values == nullptr ? 0.0 : static_cast<double>(widen(values[i]));
  };
  T* value = parameter.value.data<T>();
  const T* gradient = parameter.gradient.defined() ? parameter.gradient.data<T>() : nullptr;
  State* first = p.options.uses_first() ? parameter.first.data<State>() : nullptr;
  State* second = p.options.uses_second() ? parameter.second.data<State>() : nullptr;
  for (std::int64_t i = 0; i < parameter.value.numel(); ++i) {
    Element e{read(value, i), factor * read(gradient, i), read(first, i), read(second, i)};
    update(p.options, p.step, e);
    value[i] = narrow<T>(e.value);
    if (first != nullptr) first[i] = static_cast<State>(e.first);
    if (second != nullptr) second[i] = static_cast<State>(e.second);
  }
}

// ---- blocked: blocks of all parameters in one launch.
const float kZeros[kPiece] = {};

// Elements `start` to `start + n` of a tensor, n <= kPiece; those of bf16 are widened into `room`.
float* in_float32(const View& tensor, std::int64_t start, std::int64_t n, float* room) {
  if (tensor.dtype != DType::bf16) return tensor.data<float>() + start;
  SONOGRAD_SIMD_CALL(copy_line<bf16, float>)(tensor.data<bf16>() + start, n, false, room);
  return room;
}

// The same of a gradient; clipped ones are written to `room`.
const float* gradient_part(const View& gradient, float factor, std::int64_t start, std::int64_t n,
                           float* room) {
  if (!gradient.defined()) return kZeros;
  const float* part = in_float32(gradient, start, n, room);
  if (factor == 1) return part;
  SONOGRAD_SIMD_CALL(unary<float>)(Unary::scale, factor, part, n, false, room);
  return room;
}

void step_part(const OptimizerOptions& o, const StepScalars& s, const OptimizedParameter& parameter,
               float factor, std::int64_t start, std::int64_t n) {
  float room[kPiece], wide[kPiece];
  const float* gradient = gradient_part(parameter.gradient, factor, start, n, room);
  float* value = in_float32(parameter.value, start, n, wide);
  float* first = o.uses_first() ? parameter.first.data<float>() + start : nullptr;
  float* second = o.uses_second() ? parameter.second.data<float>() + start : nullptr;
  if (o.rule == OptimizerRule::adam || o.rule == OptimizerRule::adamw) {
    SONOGRAD_SIMD_CALL(adam_step)(s, n, gradient, value, first, second);
  } else if (o.rule == OptimizerRule::rmsprop && first != nullptr) {
    SONOGRAD_SIMD_CALL(rmsprop_momentum_step)(s, n, gradient, value, first, second);
  } else if (o.rule == OptimizerRule::rmsprop) {
    SONOGRAD_SIMD_CALL(rmsprop_step)(s, n, gradient, value, second);
  } else if (first != nullptr) {
    SONOGRAD_SIMD_CALL(momentum_step)(s, o.nesterov, n, gradient, value, first);
  } else {
    SONOGRAD_SIMD_CALL(sgd_step)(s, n, gradient, value);
  }
  if (value == wide)
    SONOGRAD_SIMD_CALL(copy_line<float, bf16>)(wide, n, false, parameter.value.data<bf16>() + start);
}

}  // namespace

extern const KernelVariant<OptimizerStep> optimizer_step_reference =
    reference_row<OptimizerStep>([]<class T>(T, const OptimizerProblem& p, const OptimizerStep::Args& a) {
      const double factor = a.clip_factor.defined() ? static_cast<double>(*a.clip_factor.data<T>()) : 1.0;
      for (const OptimizedParameter& parameter : a.parameters) {
        const bool is_bf16 = parameter.value.dtype == DType::bf16;
        is_bf16 ? update_all<bf16>(p, parameter, factor) : update_all<T>(p, parameter, factor);
      }
    });

extern const KernelVariant<OptimizerStep> optimizer_step_blocked = {
    .name = "blocked",
    .why_not = float_only,
    .workspace =
        [](const OptimizerProblem& p) {
          return Workspace::bytes<std::int64_t>(static_cast<std::size_t>(p.parameters));
        },
    .run =
        [](const OptimizerProblem& p, const OptimizerStep::Args& a, const Context&, Workspace workspace) {
          const StepScalars scalars = step_scalars(p.options, p.step);
          const float factor = a.clip_factor.defined() ? *a.clip_factor.data<float>() : 1;
          auto* ends = workspace.take<std::int64_t>(
              a.parameters.size());  // number of blocks up to the end of each parameter
          std::int64_t blocks = 0;
          for (std::size_t i = 0; i < a.parameters.size(); ++i) {
            ends[i] = blocks += blocks_of(a.parameters[i].value.numel(), kPiece);
          }
          launch("optimizer_step", blocks, [&](std::int64_t block) {
            const auto* end = std::upper_bound(ends, ends + a.parameters.size(), block);
            const OptimizedParameter& parameter = a.parameters[static_cast<std::size_t>(end - ends)];
            const std::int64_t start = (block - (end == ends ? 0 : end[-1])) * kPiece;
            step_part(p.options, scalars, parameter, factor, start,
                      std::min(kPiece, parameter.value.numel() - start));
          });
        }};

}  // namespace sonograd::kernels::cpu
