// Methods that work with every network: they share out a difference of log-odds among the values of an input.
#pragma once

#include <vector>

#include "models/explain/cell_grid.h"
#include "models/explain/label_score.h"

namespace sonograd::models {

/// Contributions of the values of an input x [1, ...] to the log-odds S of a label. Positive ones speak for the label. All methods
/// compare x with a `baseline` of the same shape, which stands for the absence of sound.
struct Attribution {
  std::vector<double> values;    ///< [x.numel()]
  double log_odds = 0;           ///< S(x)
  double baseline_log_odds = 0;  ///< S(baseline)
  double sum() const;
};

/// (x - baseline) dS/dx at x: exact for a linear S, blind to what a saturated S would lose. With a baseline of 0 it is gradient x
/// input (Shrikumar, Greenside, Shcherbina, Kundaje, arXiv 1605.01713, 2016). Two inputs.
Attribution gradient_times_input(LabelScore& score, const Tensor& x, const Tensor& baseline,
                                 const InputsDone& done = {});

/// (x - baseline) times the mean of dS/dx on the straight line from the baseline to x, at the middles of `steps` >= 1 equal parts
/// (Sundararajan, Taly, Yan, "Axiomatic attribution for deep networks", ICML 2017). With enough steps the values add up to
/// S(x) - S(baseline). steps + 2 inputs.
Attribution integrated_gradients(LabelScore& score, const Tensor& x, const Tensor& baseline, int steps,
                                 const InputsDone& done = {});

/// S(x) - S(x with the cell of the value replaced by the baseline), divided evenly among the values of the cell (Zeiler, Fergus,
/// ECCV 2014). grid.size() + 2 inputs.
Attribution occlusion(LabelScore& score, const Tensor& x, const Tensor& baseline, const CellGrid& grid,
                      const InputsDone& done = {});

/// Sum of the values of each cell.
std::vector<double> cell_sums(const std::vector<double>& values, const CellGrid& grid);

}  // namespace sonograd::models
