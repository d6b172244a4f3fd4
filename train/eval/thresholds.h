// From which score on a tag is said to apply.
#pragma once

#include <vector>

#include "train/eval/evaluator.h"

namespace sonograd::train {

/// For each tag the score that gives the highest F1 on these clips, the highest such score among equals; 0.5
/// for a tag without clips.
std::vector<double> best_thresholds(const Evaluation& evaluation);

}  // namespace sonograd::train
