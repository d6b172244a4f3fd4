#include "train/optim/optimizer.h"

#include <cmath>

#include "kernels/pointwise/pointwise.h"
#include "kernels/reduce/reduce.h"
#include "tensor/device/arena.h"
#include "tensor/support/recycled.h"

namespace sonograd::train {
namespace {

using kernels::OptimizerRule;

/// Euclidean norm of all gradients together. Each is summed by itself, and the sums in order.
double global_norm(std::span<const Tensor> gradients) {
  const Tensor sums = Tensor::empty({std::ssize(gradients)}, DType::f32, gradients.front().device());
  for (std::int64_t i = 0; i < std::ssize(gradients); ++i) {
    const Tensor& g = gradients[static_cast<std::size_t>(i)];
    const Tensor squares = Tensor::empty(g.shape(), g.dtype(), g.device());
    kernels::binary_forward(kernels::BinaryProblem::make(kernels::Binary::mul, g.shape(), g.shape()), g, g,
                            set(squares));
    kernels::reduce_sum(kernels::ReduceProblem::make(g.shape(), {}, false), squares,
                        set(sums.rows(i, 1)).reshape(Shape()));
  }
  const Tensor host = sums.to(Device{});
  double total = 0;
  for (const float sum : host.span<float>()) total += sum;
  return std::sqrt(total);
}

/// Scales all gradients alike so that their norm is at most `limit`.
void clip(std::span<const Tensor> gradients, double limit) {
  const double norm = global_norm(gradients);
  if (norm <= limit) return;
  for (const Tensor& g : gradients) {
    kernels::unary_forward({kernels::Unary::scale, g.shape(), limit / norm}, g, set(g));
  }
}

void restore_moment(const Tensor& moment, const io::NamedTensors& stored, const std::string& name) {
  const Tensor& value = stored.at(name);
  if (value.shape() != moment.shape() || value.dtype() != moment.dtype()) {
    throw FormatError(concat(name, " is ", name_of(value.dtype()), ' ', value.shape(), ", the network needs ",
                             name_of(moment.dtype()), ' ', moment.shape()));
  }
  moment.copy_from(value.to(moment.device()));
}

}  // namespace

Optimizer::Optimizer(const layers::Module& network, const Settings::Optim& settings)
    : settings_(settings), rule_(settings.name) {
  const NoArenaScope outlives_the_steps;
  for (const layers::StateEntry& entry : network.state()) {
    if (entry.parameter == nullptr) continue;
    const Tensor& value = entry.tensor;
    slots_.push_back({entry.name, *entry.parameter,
                      Tensor::zeros(value.shape(), value.dtype(), value.device()),
                      Tensor::zeros(value.shape(), value.dtype(), value.device())});
  }
}

void Optimizer::use(OptimizerRule rule) {
  if (rule == rule_) return;
  rule_ = rule;
  steps_ = 0;
  for (const Slot& slot : slots_) {
    slot.first.fill_zero();
    slot.second.fill_zero();
  }
}

kernels::OptimizerOptions Optimizer::options(const StepRates& rates) const {
  const bool is_decoupled = rule_ == OptimizerRule::adamw;
  const double momentum = rule_ == OptimizerRule::rmsprop ? settings_.rmsprop_momentum
                          : rule_ == OptimizerRule::sgd   ? rates.momentum.value_or(settings_.momentum)
                                                          : 0;
  return {.rule = rule_,
          .lr = rates.lr,
          .momentum = momentum,
          .nesterov = settings_.nesterov,
          .beta1 = rates.momentum.value_or(settings_.beta1),
          .beta2 = settings_.beta2,
          .alpha = settings_.alpha,
          .eps = settings_.eps,
          .l2 = is_decoupled ? 0 : settings_.weight_decay,
          .l1 = settings_.l1,
          .decay = is_decoupled ? settings_.weight_decay : 0};
}

void Optimizer::step(const StepRates& rates) {
  RecycledVector<Tensor> gradients;
  RecycledVector<kernels::OptimizedParameter> parameters;
  gradients.reserve(slots_.size());
  parameters.reserve(slots_.size());
  for (const Slot& slot : slots_) {
    const Tensor& value = slot.parameter.data();
    const Tensor gradient = slot.parameter.gradient();
    gradients.push_back(gradient.defined() ? gradient
                                           : Tensor::zeros(value.shape(), value.dtype(), value.device()));
    parameters.push_back({value, gradients.back(), slot.first, slot.second});
  }
  if (settings_.clip_norm > 0) clip(gradients, settings_.clip_norm);
  kernels::optimizer_step(options(rates), ++steps_, parameters);
  for (const Slot& slot : slots_) slot.parameter.clear_gradient();
}

OptimizerState Optimizer::state() const {
  OptimizerState state{rule_, steps_, {}};
  for (const Slot& slot : slots_) {
    state.moments.set("first." + slot.name, slot.first.to(Device{}));
    state.moments.set("second." + slot.name, slot.second.to(Device{}));
  }
  return state;
}

void Optimizer::restore(const OptimizerState& state) {
  for (const Slot& slot : slots_) {
    restore_moment(slot.first, state.moments, "first." + slot.name);
    restore_moment(slot.second, state.moments, "second." + slot.name);
  }
  rule_ = state.rule;
  steps_ = state.steps;
}

}  // namespace sonograd::train
