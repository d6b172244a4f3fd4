#include "train/optim/rates.h"

#include <algorithm>

namespace sonograd::train {

Rates::Rates(const Settings& settings, std::int64_t steps_per_epoch)
    : schedule_(settings.schedule),
      lr_(settings.optim.lr),
      steps_per_epoch_(steps_per_epoch),
      total_steps_(steps_per_epoch * settings.train.epochs) {
  if (schedule_.name == "sota") phases_ = sota_phases(static_cast<int>(settings.train.epochs));
  plateau_.factor = schedule_.factor;
  plateau_.patience = static_cast<int>(schedule_.patience);
}

StepRates Rates::at(std::int64_t step) const {
  const Settings::Schedule& s = schedule_;
  if (s.name == "one_cycle") {
    const OneCycle cycle{.max_lr = lr_,
                         .pct_start = s.pct_start,
                         .div = s.div,
                         .final_div = s.final_div,
                         .max_momentum = s.max_momentum,
                         .base_momentum = s.base_momentum};
    StepRates rates{.lr = cycle.lr(step, total_steps_)};
    if (s.cycle_momentum) rates.momentum = cycle.momentum(step, total_steps_);
    return rates;
  }
  if (s.name == "cosine") {
    const Cosine cosine{.max_lr = lr_, .final_lr = lr_ * s.final_ratio, .warmup = s.warmup};
    return {.lr = cosine.lr(step, total_steps_)};
  }
  if (s.name == "plateau") return {.lr = lr_ * plateau_.scale};
  if (s.name == "sota") {
    const auto epoch = static_cast<int>(step / steps_per_epoch_);
    const auto next = std::ranges::upper_bound(phases_, epoch, {}, &Phase::first_epoch);
    return {.lr = lr_ * std::prev(next)->lr_scale};
  }
  return {.lr = lr_};
}

std::optional<Phase> Rates::phase_from(std::int64_t epoch) const {
  const auto found = std::ranges::find(phases_, epoch, &Phase::first_epoch);
  return found == phases_.end() ? std::nullopt : std::optional(*found);
}

void Rates::observe(double loss) {
  if (schedule_.name == "plateau") plateau_.observe(loss);
}

void Rates::restore(const Plateau& seen) {
  plateau_.best_loss = seen.best_loss;
  plateau_.bad_epochs = seen.bad_epochs;
  plateau_.scale = seen.scale;
}

}  // namespace sonograd::train
