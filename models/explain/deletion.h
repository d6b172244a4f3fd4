// The deletion curve (Petsiuk, Das, Saenko, "RISE", BMVC 2018): the score of a clip while cells are removed, the most important first.
#pragma once

#include <cstdint>
#include <vector>

#include "models/explain/cell_grid.h"
#include "models/explain/label_score.h"

namespace sonograd::models {

struct DeletionOptions {
  int steps =
      16;  ///< >= 1: after step k, (k / steps)^2 of the cells are gone: curves fall at their beginning
  int random_orders = 4;   ///< >= 1
  std::uint64_t seed = 0;  ///< of the random orders
};

/// Scores in [0, 1], the mean over the chunks of the clip, after each step; the first ones are those of the whole clip.
struct DeletionCurve {
  std::vector<double> removed;                  ///< share of the cells, from 0 to 1
  std::vector<double> by_importance;            ///< scores
  std::vector<double> random, lowest, highest;  ///< mean, least and greatest score of the random orders
  double area = 0;                              ///< below `by_importance`
  double random_area = 0, lowest_area = 0,
         highest_area = 0;  ///< mean, least and greatest of the random orders
};

/// Removed cells get the values of the baseline of their chunk. `inputs`, `baselines` and `importance`, the value of each cell, have one
/// entry per chunk. A map that means something has a smaller area than random orders. steps * (1 + random_orders) + 1 inputs
/// per chunk, or fewer where nothing of a chunk is removed in a step.
DeletionCurve deletion_curve(LabelScore& score, const std::vector<Tensor>& inputs,
                             const std::vector<Tensor>& baselines, const CellGrid& grid,
                             const std::vector<std::vector<double>>& importance,
                             const DeletionOptions& options, const InputsDone& done = {});

}  // namespace sonograd::models
