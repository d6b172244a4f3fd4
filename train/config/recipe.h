// Named training recipes: presets over the settings.
#pragma once

#include <vector>

#include "train/config/setting_value.h"

namespace sonograd::train {

/// `plain`: the built-in defaults (AdamW, one cycle, masking and time shift). `sota`: Won et al., "Evaluation
/// of CNN-based automatic music tagging models" (SMC 2020): no augmentation, Adam at 1e-4 with L2 decay, then
/// SGD in the phases of `sota_phases`, validation on 16 chunks per clip.
std::vector<Assignment> recipe_assignments(Recipe recipe);

}  // namespace sonograd::train
