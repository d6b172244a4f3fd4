#include <algorithm>
#include <cmath>

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

// ---- blocked: blocks of all parameters in one launch.
const float kZeros[kPiece] = {};

// Elements `start` to `start + n` of a gradient, n <= kPiece; clipped ones are written to `room`.
const float* gradient_part(const View& gradient, float factor, std::int64_t start, std::int64_t n,
                           float* room) {
  if (!gradient.defined()) return kZeros;
  const float* part = gradient.data<float>() + start;
  if (factor == 1) return part;
  SONOGRAD_SIMD_CALL(unary<float>)(Unary::scale, factor, part, n, false, room);
  return room;
}

void step_part(const OptimizerOptions& o, const StepScalars& s, const OptimizedParameter& parameter,
               float factor, std::int64_t start, std::int64_t n) {
  float room[kPiece];
  const float* gradient = gradient_part(parameter.gradient, factor, start, n, room);
  float* value = parameter.value.data<float>() + start;
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
}

}  // namespace

extern const KernelVariant<OptimizerStep> optimizer_step_reference =
    reference_row<OptimizerStep>([]<class T>(T, const OptimizerProblem& p, const OptimizerStep::Args& a) {
      const auto read = [](const View& view, std::int64_t i, bool used) {
        return used ? static_cast<double>(view.data<T>()[i]) : 0.0;
      };
      const bool has_first = p.options.uses_first(), has_second = p.options.uses_second();
      const double factor = a.clip_factor.defined() ? static_cast<double>(*a.clip_factor.data<T>()) : 1.0;
      for (const OptimizedParameter& parameter : a.parameters) {
        for (std::int64_t i = 0; i < parameter.value.numel(); ++i) {
          Element e{read(parameter.value, i, true),
                    factor * read(parameter.gradient, i, parameter.gradient.defined()),
                    read(parameter.first, i, has_first), read(parameter.second, i, has_second)};
          update(p.options, p.step, e);
          parameter.value.data<T>()[i] = static_cast<T>(e.value);
          if (has_first) parameter.first.data<T>()[i] = static_cast<T>(e.first);
          if (has_second) parameter.second.data<T>()[i] = static_cast<T>(e.second);
        }
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
