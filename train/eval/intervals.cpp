#include "train/eval/intervals.h"

#include <algorithm>
#include <cmath>

namespace sonograd::train {
namespace {

constexpr double kNormal95 = 1.959963984540054;

double standard_error(double roc_auc, double positives, double negatives) {
  const double others = (positives + negatives) / 2 - 1;
  const double spread = (1 - roc_auc) / (2 - roc_auc) + roc_auc / (1 + roc_auc);
  return std::sqrt(roc_auc * (1 - roc_auc) * (1 + others * spread) / (positives * negatives));
}

double lowest(double roc_auc, double positives, double negatives) {
  double low = 0, high = roc_auc * (1 - 1e-12);
  for (int i = 0; i < 60; ++i) {
    const double middle = (low + high) / 2;
    const bool is_too_low = roc_auc - middle > kNormal95 * standard_error(middle, positives, negatives);
    (is_too_low ? low : high) = middle;
  }
  return low;
}

}  // namespace

Interval roc_auc_interval(double roc_auc, std::size_t positives, std::size_t negatives) {
  const auto with = static_cast<double>(positives), without = static_cast<double>(negatives);
  return {lowest(roc_auc, with, without), 1 - lowest(1 - roc_auc, with, without)};
}

Interval share_interval(std::size_t hits, std::size_t all) {
  if (all == 0) return {};
  const auto n = static_cast<double>(all);
  const double share = static_cast<double>(hits) / n, z2 = kNormal95 * kNormal95;
  const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half = kNormal95 / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  return {std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

}  // namespace sonograd::train
