#include "kernels/optimizer/optimizer.h"

#include "kernels/core/check.h"
#include "kernels/core/select.h"
#include "kernels/optimizer/optimizer_cpu.h"

namespace sonograd::kernels {
namespace {

constexpr const KernelVariant<OptimizerStep>* kStep[] = {
    &cpu::optimizer_step_reference,
    &cpu::optimizer_step_simd,
};

void check_options(const OptimizerOptions& o) {
  const auto require = [](bool holds, std::string_view what, double value) {
    if (!holds) throw ConfigError(concat("[optimizer] ", what, ", got ", value));
  };
  const auto is_share = [](double value) { return value >= 0 && value < 1; };
  require(o.lr >= 0, "lr wants at least 0", o.lr);
  require(o.weight_decay >= 0, "weight_decay wants at least 0", o.weight_decay);
  require(o.l1 >= 0, "l1 wants at least 0", o.l1);
  require(is_share(o.momentum), "momentum wants [0, 1)", o.momentum);
  require(is_share(o.beta1), "beta1 wants [0, 1)", o.beta1);
  require(is_share(o.beta2), "beta2 wants [0, 1)", o.beta2);
  require(is_share(o.alpha), "alpha wants [0, 1)", o.alpha);
  require(o.eps > 0, "eps wants more than 0", o.eps);
  require(o.step >= 1, "step counts from 1", static_cast<double>(o.step));
}

}  // namespace

void optimizer_step(const OptimizerOptions& options, std::span<const OptimizedParameter> parameters) {
  check_options(options);
  if (parameters.empty()) return;
  const View& leader = parameters.front().w;
  for (const OptimizedParameter& p : parameters) {
    check_dense("optimizer", "w", p.w, p.w.shape, leader.dtype);
    check_dense("optimizer", "dw", p.dw, p.w.shape, leader.dtype);
    check_dense("optimizer", "first state", p.first, p.w.shape, leader.dtype);
    check_dense("optimizer", "second state", p.second, p.w.shape, leader.dtype);
  }
  run<OptimizerStep>(kStep, {options, leader.dtype}, {parameters}, leader.device);
}

TableList optimizer_tables() {
  return {describe<OptimizerStep>(kStep)};
}

}  // namespace sonograd::kernels
