#include "train/config/recipe.h"

namespace sonograd::train {

std::vector<Assignment> recipe_assignments(Recipe recipe) {
  if (recipe == Recipe::plain) return {};
  const std::string origin = "recipe sota";
  return {
      {"train.epochs", "200", origin},     {"optim.name", "adam", origin},
      {"optim.lr", "1e-4", origin},        {"optim.weight_decay", "1e-4", origin},
      {"schedule.name", "sota", origin},   {"augment.freq_masks", "0", origin},
      {"augment.time_masks", "0", origin}, {"augment.shift", "0", origin},
      {"eval.chunks", "16", origin},
  };
}

}  // namespace sonograd::train
