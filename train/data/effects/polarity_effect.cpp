// Inversion of the polarity: y = -x.
#include <algorithm>
#include <functional>

#include "train/data/effects/effect.h"

namespace sonograd::train {

Effect polarity_effect() {
  return {.name = "polarity",
          .place = 0,
          .probability = [](const Settings::Augment& settings) { return settings.polarity; },
          .apply = [](std::span<float> samples, int, const Settings::Augment&,
                      Random&) { std::ranges::transform(samples, samples.begin(), std::negate()); }};
}

}  // namespace sonograd::train
