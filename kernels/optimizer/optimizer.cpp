#include "kernels/optimizer/optimizer.h"

#include "kernels/core/check.h"
#include "kernels/core/select.h"
#include "kernels/optimizer/optimizer_cpu.h"

namespace sonograd::kernels {
namespace {

constexpr const KernelVariant<OptimizerStep>* kStep[] = {
    &cpu::optimizer_step_reference,
    &cpu::optimizer_step_blocked,
};

}  // namespace

void optimizer_step(const OptimizerOptions& options, std::int64_t step,
                    std::span<const OptimizedParameter> parameters) {
  if (step < 1) throw ConfigError(concat("[optimizer] steps count from 1, got ", step));
  if (parameters.empty()) return;
  const View& model = parameters.front().value;
  OptimizerProblem p{options, step, static_cast<std::int64_t>(parameters.size()), 0, model.dtype};
  for (const auto& [value, gradient, first, second] : parameters) {
    check_dense("optimizer", "value", value, value.shape, p.dtype);
    check_dense("optimizer", "gradient", gradient, value.shape, p.dtype);
    if (options.uses_first()) check_dense("optimizer", "first", first, value.shape, p.dtype);
    if (options.uses_second()) check_dense("optimizer", "second", second, value.shape, p.dtype);
    p.elements += value.numel();
  }
  run<OptimizerStep>(kStep, p, {parameters}, model.device);
}

TableList optimizer_tables() {
  return {describe<OptimizerStep>(kStep)};
}

}  // namespace sonograd::kernels
