// Maps as sequences, for back ends over time.
#pragma once

#include "autograd/variable.h"

namespace sonograd::models {

/// The maximum over frequency: [N, T, F, C] -> [N, T, C].
Variable largest_band(const Variable& map);
/// The bands of a frame side by side: [N, T, F, C] -> [N, T, F C].
Variable merged_bands(const Variable& map);
/// [N, T, D] -> [N, D], T >= 1.
Variable last_step(const Variable& x);
/// The logarithm of the mean over the steps of the softmax of the labels: [N, T, labels] -> [N, labels], T >= 1. Its softmax is that
/// mean, and its cross-entropy that of the mean of probabilities. Exact for logits of any size.
Variable log_mean_of_probabilities(const Variable& step_logits);

}  // namespace sonograd::models
