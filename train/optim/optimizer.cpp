#include "train/optim/optimizer.h"

#include "kernels/core/stored.h"
#include "kernels/optimizer/clip_factor.h"
#include "tensor/device/arena.h"
#include "tensor/support/recycled.h"

namespace sonograd::train {
namespace {

using kernels::OptimizerRule;

void restore_moment(const Tensor& moment, const io::NamedTensors& stored, const std::string& name) {
  const Tensor& value = stored.at(name);
  if (value.shape() != moment.shape() || value.dtype() != moment.dtype()) {
    throw FormatError(concat(name, " is ", name_of(value.dtype()), ' ', value.shape(), ", the network needs ",
                             name_of(moment.dtype()), ' ', moment.shape()));
  }
  moment.copy_from(value.to(moment.device()));
}

}  // namespace

Optimizer::Optimizer(layers::Module& network, const Settings::Optim& settings)
    : settings_(settings), rule_(settings.name) {
  const NoArenaScope outlives_the_steps;
  for (const layers::StateEntry& entry : network.state()) {
    if (entry.parameter == nullptr) continue;
    const Tensor& value = entry.tensor;
    const DType state = kernels::computed_dtype(value.dtype());
    slots_.push_back({entry.name, *entry.parameter, Tensor::zeros(value.shape(), state, value.device()),
                      Tensor::zeros(value.shape(), state, value.device())});
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

bool Optimizer::is_decayed(const Slot& slot) const {
  return settings_.decay_on == DecayedParameters::all || slot.parameter.shape().rank() >= 2;
}

kernels::OptimizerOptions Optimizer::options(const StepRates& rates, bool decays) const {
  const double weight_decay = decays ? settings_.weight_decay : 0;
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
          .l2 = is_decoupled ? 0 : weight_decay,
          .l1 = decays ? settings_.l1 : 0,
          .decay = is_decoupled ? weight_decay : 0};
}

void Optimizer::step(const StepRates& rates) {
  RecycledVector<kernels::OptimizedParameter> decayed, others;
  RecycledVector<View> gradients;
  gradients.reserve(slots_.size());
  decayed.reserve(slots_.size());
  for (const Slot& slot : slots_) {
    gradients.push_back(slot.parameter.gradient());
    (is_decayed(slot) ? decayed : others)
        .push_back({slot.parameter.data(), gradients.back(), slot.first, slot.second});
  }
  Tensor factor;
  if (settings_.clip_norm > 0 && !slots_.empty()) {
    const Device device = slots_.front().parameter.device();
    const Tensor norm = Tensor::empty({}, DType::f32, device);
    factor = Tensor::empty({}, DType::f32, device);
    kernels::clip_factor(settings_.clip_norm, gradients, norm, factor);
  }
  ++steps_;
  kernels::optimizer_step(options(rates, true), steps_, decayed, factor);
  if (!others.empty()) kernels::optimizer_step(options(rates, false), steps_, others, factor);
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
