#include "train/optim/rates.h"

#include <algorithm>

namespace sonograd::train {

Rates::Rates(const Settings& settings, std::int64_t steps_per_epoch)
    : schedule_(settings.schedule),
      lr_(settings.optim.lr),
      steps_per_epoch_(steps_per_epoch),
      total_steps_(steps_per_epoch * settings.train.epochs) {
  if (schedule_.name == ScheduleKind::sota) phases_ = sota_phases(static_cast<int>(settings.train.epochs));
  plateau_.factor = schedule_.factor;
  plateau_.patience = static_cast<int>(schedule_.patience);
  plateau_.reset = schedule_.reset;
}

StepRates Rates::at(std::int64_t step) const {
  switch (schedule_.name) {
    case ScheduleKind::one_cycle:
      return one_cycle_at(step);
    case ScheduleKind::cosine: {
      const Cosine cosine{.max_lr = lr_, .final_lr = lr_ * schedule_.final_ratio, .warmup = schedule_.warmup};
      return {.lr = cosine.lr(step, total_steps_)};
    }
    case ScheduleKind::plateau:
      return {.lr = lr_ * plateau_.scale};
    case ScheduleKind::sota: {
      const auto epoch = static_cast<int>(step / steps_per_epoch_);
      const auto next = std::ranges::upper_bound(phases_, epoch, {}, &Phase::first_epoch);
      return {.lr = lr_ * std::prev(next)->lr_scale};
    }
    case ScheduleKind::constant:
      break;
  }
  return {.lr = lr_};
}

StepRates Rates::one_cycle_at(std::int64_t step) const {
  const OneCycle cycle{.max_lr = lr_,
                       .pct_start = schedule_.pct_start,
                       .div = schedule_.div,
                       .final_div = schedule_.final_div,
                       .max_momentum = schedule_.max_momentum,
                       .base_momentum = schedule_.base_momentum};
  StepRates rates{.lr = cycle.lr(step, total_steps_)};
  if (schedule_.cycle_momentum) rates.momentum = cycle.momentum(step, total_steps_);
  return rates;
}

std::optional<Phase> Rates::phase_from(std::int64_t epoch) const {
  const auto found = std::ranges::find(phases_, epoch, &Phase::first_epoch);
  return found == phases_.end() ? std::nullopt : std::optional(*found);
}

void Rates::observe(double loss) {
  if (schedule_.name == ScheduleKind::plateau) plateau_.observe(loss);
}

void Rates::restore(const Plateau& seen) {
  plateau_.best_loss = seen.best_loss;
  plateau_.bad_epochs = seen.bad_epochs;
  plateau_.scale = seen.scale;
}

}  // namespace sonograd::train
