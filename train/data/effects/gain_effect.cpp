// Change of the level: y = 10^(g / 20) x, g uniform in [gain_min, gain_max) dB.
#include <cmath>

#include "train/data/effects/effect.h"

namespace sonograd::train {

Effect gain_effect() {
  return {.name = "gain",
          .place = 2,
          .probability = [](const Settings::Augment& settings) { return settings.gain; },
          .apply =
              [](std::span<float> samples, int, const Settings::Augment& settings, Random& random) {
                const double decibels = draw_between(settings.gain_min, settings.gain_max, random);
                const auto factor = static_cast<float>(std::pow(10.0, decibels / 20));
                for (float& sample : samples) sample *= factor;
              }};
}

}  // namespace sonograd::train
