// Learning rates over a run. Steps and epochs count from 0; a schedule of `total` steps is defined for
// 0 <= step < total. The reference values are those of PyTorch's OneCycleLR, CosineAnnealingLR and
// ReduceLROnPlateau.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace sonograd::train {

/// One rise and one fall, both along half a cosine (Smith & Topin, "Super-convergence", 2017).
struct OneCycle {
  double max_lr = 1e-3;
  double pct_start = 0.3;  ///< share of the steps that rise, 0 to 1
  double div = 25;         ///< the first rate is max_lr / div
  double final_div = 1e4;  ///< the last rate is max_lr / div / final_div
  double max_momentum = 0.95;
  double base_momentum = 0.85;  ///< momentum where the rate is highest

  double lr(std::int64_t step, std::int64_t total) const;
  /// Momentum (SGD) or beta1 (Adam) when it cycles against the rate.
  double momentum(std::int64_t step, std::int64_t total) const;
};

/// A linear rise over the share `warmup` of the steps, then half a cosine from `max_lr` towards `final_lr`
/// (Loshchilov & Hutter, "SGDR", 2017, without restarts).
struct Cosine {
  double max_lr = 1e-3;
  double final_lr = 0;
  double warmup = 0;  ///< 0 to 1

  double lr(std::int64_t step, std::int64_t total) const;
};

/// Multiplies the rate by `factor` when the validation loss has not fallen for more than `patience` epochs.
/// A checkpoint keeps `best_loss`, `bad_epochs` and `scale`.
struct Plateau {
  double factor = 0.5;      ///< 0 to 1
  int patience = 5;         ///< epochs
  bool reset = true;        ///< a lower loss sets `bad_epochs` to 0; otherwise only a fall of the rate does
  double threshold = 1e-4;  ///< relative fall that counts as one
  double min_scale = 1e-6;  ///< the scale never falls below this

  double best_loss = std::numeric_limits<double>::infinity();
  int bad_epochs = 0;
  double scale = 1;  ///< of the initial rate, now

  /// Adds the loss of one more epoch; a NaN is no improvement.
  void observe(double valid_loss);
};

/// Epochs first_epoch … (the next phase's first) - 1 of a run in phases.
struct Phase {
  int first_epoch = 0;
  bool sgd = false;          ///< SGD with Nesterov momentum instead of Adam
  double lr_scale = 1;       ///< of the run's base rate
  bool reload_best = false;  ///< starts from the best weights so far; moments of a kept optimiser stay
};

/// The recipe of Won et al., "Evaluation of CNN-based automatic music tagging models" (SMC 2020): Adam for 80
/// epochs of 200, then SGD at 10, 1 and 0.1 times Adam's rate for 20, 20 and 80. The boundaries scale with
/// `epochs` (>= 1), rounded up; phases that would be empty are left out.
std::vector<Phase> sota_phases(int epochs);

}  // namespace sonograd::train
