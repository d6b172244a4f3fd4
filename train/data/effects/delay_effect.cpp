// One echo: y[n] = (x[n] + x[n - d] / 2) / 2, x = 0 before its start; d: one of delay_min, delay_min + 50 ms, … up to delay_max.
#include <cmath>

#include "train/data/effects/effect.h"

namespace sonograd::train {
namespace {

constexpr double kStep = 50;  // ms

void echo(std::span<float> samples, int sample_rate, const Settings::Augment& settings, Random& random) {
  const auto steps = static_cast<std::uint64_t>((settings.delay_max - settings.delay_min) / kStep);
  const double milliseconds = settings.delay_min + kStep * static_cast<double>(random.below(steps + 1));
  const auto delay = static_cast<std::size_t>(std::lround(milliseconds * sample_rate / 1000));
  for (std::size_t n = samples.size(); n-- > 0;)
    samples[n] = (samples[n] + (n >= delay ? 0.5f * samples[n - delay] : 0.0f)) / 2;
}

}  // namespace

Effect delay_effect() {
  return {.name = "delay",
          .place = 4,
          .probability = [](const Settings::Augment& settings) { return settings.delay; },
          .apply = echo};
}

}  // namespace sonograd::train
