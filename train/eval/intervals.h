// 95 % confidence intervals of scores.
#pragma once

#include <cstddef>

namespace sonograd::train {

struct Interval {
  double low = 0, high = 1;
};

/// Interval of a ROC-AUC: the values whose own standard error, in the form of Hanley and McNeil (Radiology 143, 1982), leaves `roc_auc`
/// within 1.96 of them (Newcombe, Statistics in Medicine 25, 2006, method 5). Unlike `roc_auc` ± 1.96 standard errors it has a width
/// at 1 and stays within [0, 1]. `positives`, `negatives` >= 1.
Interval roc_auc_interval(double roc_auc, std::size_t positives, std::size_t negatives);

/// Interval of the share `hits` / `all` (Wilson 1927); [0, 1] for `all` = 0.
Interval share_interval(std::size_t hits, std::size_t all);

}  // namespace sonograd::train
