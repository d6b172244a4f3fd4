#include "train/optim/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sonograd::train {
namespace {

/// Half a cosine from `start` (progress 0) to `end` (progress 1).
double anneal(double start, double end, double progress) {
  return end + (start - end) / 2 * (1 + std::cos(std::numbers::pi * progress));
}

/// from -> peak -> to, with the peak after `pct_start` of the steps.
double one_cycle(double from, double peak, double to, double pct_start, std::int64_t step,
                 std::int64_t total) {
  const auto last = static_cast<double>(total - 1);
  const double peak_step = pct_start * static_cast<double>(total) - 1;
  const auto now = static_cast<double>(step);
  if (now <= peak_step) return anneal(from, peak, peak_step > 0 ? now / peak_step : 1);
  return anneal(peak, to, (now - peak_step) / (last - peak_step));
}

}  // namespace

double OneCycle::lr(std::int64_t step, std::int64_t total) const {
  const double first = max_lr / div;
  return one_cycle(first, max_lr, first / final_div, pct_start, step, total);
}

double OneCycle::momentum(std::int64_t step, std::int64_t total) const {
  return one_cycle(max_momentum, base_momentum, max_momentum, pct_start, step, total);
}

double Cosine::lr(std::int64_t step, std::int64_t total) const {
  const auto rising = static_cast<std::int64_t>(std::ceil(warmup * static_cast<double>(total)));
  if (step < rising) return max_lr * static_cast<double>(step + 1) / static_cast<double>(rising);
  return anneal(max_lr, final_lr, static_cast<double>(step - rising) / static_cast<double>(total - rising));
}

void Plateau::observe(double valid_loss) {
  if (valid_loss < best_loss * (1 - threshold)) {
    best_loss = valid_loss;
    if (reset) bad_epochs = 0;
  } else if (++bad_epochs > patience) {
    scale = std::max(scale * factor, min_scale);
    bad_epochs = 0;
  }
}

std::vector<Phase> sota_phases(int epochs) {
  struct Stage {
    int after;  // of 200 epochs
    bool sgd;
    double lr_scale;
  };
  constexpr Stage kStages[] = {{0, false, 1}, {80, true, 10}, {100, true, 1}, {120, true, 0.1}};
  std::vector<Phase> phases;
  for (const Stage& stage : kStages) {
    const auto first = static_cast<int>((std::int64_t{stage.after} * epochs + 199) / 200);
    if (first >= epochs) break;
    if (!phases.empty() && phases.back().first_epoch == first) phases.pop_back();
    phases.push_back({first, stage.sgd, stage.lr_scale, stage.sgd});
  }
  return phases;
}

}  // namespace sonograd::train
