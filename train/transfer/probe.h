// Scores of linear classifiers on features of a network, for another task than its own.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/data/dataset.h"
#include "train/eval/clip_features.h"

namespace sonograd::train {

/// The published grid of C.
inline constexpr double kProbeGrid[] = {0.1, 2, 8, 32};

/// Scores of one split.
struct ProbeScores {
  double c = 0;                           ///< the best of the grid on the validation clips
  std::size_t train = 0, test = 0;        ///< clips; the validation clips train, too, when C has been chosen
  std::optional<double> accuracy;         ///< multi-class only
  std::optional<double> roc_auc, pr_auc;  ///< means over labels
};

/// Trains on the clips of `split` that have features, chooses C by accuracy (classes) or mean ROC-AUC (tags) on the validation clips, the
/// least of equally good ones, trains again with them, and scores the test clips. Without validation clips the first C of the grid is
/// used. `keep_going` is called before each classifier; when it returns false, there is no result. Throws DataError when a part that is
/// required has no clip with features.
std::optional<ProbeScores> probe(const Dataset& dataset, const Split& split, const ClipFeatures& features,
                                 std::span<const double> grid = kProbeGrid,
                                 const std::function<bool()>& keep_going = {});

/// The splits that test on each value of a column in turn, as `--split COLUMN=VALUE` does. Throws DataError for a column that is absent,
/// has one value only or an empty cell.
std::vector<Split> splits_by_column(const Dataset& dataset, const std::string& column, std::uint64_t seed);

}  // namespace sonograd::train
