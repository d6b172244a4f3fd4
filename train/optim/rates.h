// The learning rate of every step of a run, by the schedule of the settings.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "train/config/settings.h"
#include "train/optim/schedule.h"

namespace sonograd::train {

/// Learning rate and momentum of one step.
struct StepRates {
  double lr = 0;
  std::optional<double> momentum = {};  ///< SGD's momentum or Adam's beta1, where the schedule moves it
};

class Rates {
 public:
  /// `steps_per_epoch` >= 1.
  Rates(const Settings& settings, std::int64_t steps_per_epoch);

  std::int64_t total_steps() const { return total_steps_; }
  /// Rates of step 0 … total_steps() - 1.
  StepRates at(std::int64_t step) const;
  /// The phase that starts with this epoch (from 0), if one does; only `sota` has phases.
  std::optional<Phase> phase_from(std::int64_t epoch) const;

  /// Adds the loss of an epoch; only `plateau` uses it.
  void observe(double loss);
  const Plateau& plateau() const { return plateau_; }
  /// Continues with the `plateau` of an earlier session; its options stay those of the settings.
  void restore(const Plateau& seen);

 private:
  StepRates one_cycle_at(std::int64_t step) const;

  Settings::Schedule schedule_;
  double lr_;
  std::int64_t steps_per_epoch_, total_steps_;
  std::vector<Phase> phases_;
  Plateau plateau_;
};

}  // namespace sonograd::train
