// The learning rate of every step of a run, as the settings choose it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "train/config/settings.h"
#include "train/optim/schedule.h"

namespace sonograd::train {

/// What one step of the optimiser is taken with.
struct StepRates {
  double lr = 0;
  std::optional<double> momentum = {};  ///< SGD's momentum or Adam's beta1, where the schedule moves it
};

class Rates {
 public:
  /// `steps_per_epoch` >= 1.
  Rates(const Settings& settings, std::int64_t steps_per_epoch);

  std::int64_t total_steps() const { return total_steps_; }
  /// Of step 0 … total_steps() - 1.
  StepRates at(std::int64_t step) const;
  /// The phase that starts with this epoch (from 0), if one does; only `sota` has phases.
  std::optional<Phase> phase_from(std::int64_t epoch) const;

  /// Takes in what an epoch achieved; only `plateau` listens.
  void observe(double loss);
  const Plateau& plateau() const { return plateau_; }
  /// What `plateau` had seen in an earlier session; its options stay those of the settings.
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
