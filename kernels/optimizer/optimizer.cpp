#include "kernels/optimizer/optimizer.h"

#include <cmath>

#include "kernels/core/check.h"
#include "kernels/core/cuda_rows.h"
#include "kernels/core/select.h"
#include "kernels/core/stored.h"
#include "kernels/optimizer/step_scalars.h"

namespace sonograd::kernels {

namespace cpu {
extern const KernelVariant<OptimizerStep> optimizer_step_reference, optimizer_step_blocked;
}  // namespace cpu

SONOGRAD_CUDA_ROWS(extern const KernelVariant<OptimizerStep> optimizer_step_one_launch;)

namespace {

constexpr const KernelVariant<OptimizerStep>* kStep[] = {
    &cpu::optimizer_step_reference,
    &cpu::optimizer_step_blocked,
    SONOGRAD_ON_CUDA(optimizer_step_one_launch),
};

void check(const OptimizerOptions& o) {
  const auto at_least_0 = [](std::string_view name, double value) {
    check_number("optimizer", name, value, value >= 0, "a number of at least 0");
  };
  const auto below_1 = [](std::string_view name, double value) {
    check_number("optimizer", name, value, value >= 0 && value < 1, "a number from 0 to below 1");
  };
  at_least_0("lr", o.lr);
  at_least_0("l2", o.l2);
  at_least_0("l1", o.l1);
  at_least_0("decay", o.decay);
  below_1("momentum", o.momentum);
  below_1("beta1", o.beta1);
  below_1("beta2", o.beta2);
  below_1("alpha", o.alpha);
  check_number("optimizer", "eps", o.eps, o.eps > 0, "a number above 0");
}

}  // namespace

StepScalars step_scalars(const OptimizerOptions& o, std::int64_t step) {
  const auto t = static_cast<double>(step);
  const auto f = [](double value) { return static_cast<float>(value); };
  return {.lr = f(o.lr),
          .momentum = f(o.momentum),
          .beta2 = f(o.beta2),
          .alpha = f(o.alpha),
          .eps = f(o.eps),
          .l2 = f(o.l2),
          .l1 = f(o.l1),
          .new1 = f(1 - o.beta1),
          .new2 = f(1 - o.beta2),
          .new_alpha = f(1 - o.alpha),
          .keep = f(o.rule == OptimizerRule::adamw ? 1 - o.lr * o.decay : 1),
          .first_correction = f(o.lr / (1 - std::pow(o.beta1, t))),
          .root_correction = f(1 / std::sqrt(1 - std::pow(o.beta2, t)))};
}

void optimizer_step(const OptimizerOptions& options, std::int64_t step,
                    std::span<const OptimizedParameter> parameters, const View& clip_factor) {
  check(options);
  if (step < 1) throw ConfigError(concat("[optimizer] step: expected 1 or more, got ", step));
  if (parameters.empty()) return;
  OptimizerProblem p{.options = options,
                     .step = step,
                     .parameters = std::ssize(parameters),
                     .dtype = computed_dtype(parameters.front().value.dtype)};
  for (const auto& [value, gradient, first, second] : parameters) {
    const bool is_bf16 = value.dtype == DType::bf16 && p.dtype == DType::f32;
    const DType stored = is_bf16 ? DType::bf16 : p.dtype;
    check_dense("optimizer", "value", value, value.shape, stored);
    if (gradient.defined()) check_dense("optimizer", "gradient", gradient, value.shape, stored);
    if (options.uses_first()) check_dense("optimizer", "first", first, value.shape, p.dtype);
    if (options.uses_second()) check_dense("optimizer", "second", second, value.shape, p.dtype);
    p.elements += value.numel();
    if (is_bf16) p.bf16_elements += value.numel();
  }
  if (clip_factor.defined()) check_dense("optimizer", "clip_factor", clip_factor, {}, p.dtype);
  run<OptimizerStep>(kStep, p, {parameters, clip_factor});
}

TableList optimizer_tables() {
  return {describe<OptimizerStep>(kStep)};
}

}  // namespace sonograd::kernels
