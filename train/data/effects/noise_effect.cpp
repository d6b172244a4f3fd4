// White noise: y = x + s sigma(x) n, n standard normal, s uniform in [noise_min, noise_max), sigma the standard deviation of
// the example.
#include <cmath>
#include <numeric>

#include "train/data/effects/effect.h"

namespace sonograd::train {
namespace {

double deviation_of(std::span<const float> samples) {
  const auto count = static_cast<double>(samples.size());
  const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / count;
  double squares = 0;
  for (const float sample : samples) squares += (sample - mean) * (sample - mean);
  return std::sqrt(squares / count);
}

}  // namespace

Effect noise_effect() {
  return {.name = "noise",
          .place = 1,
          .probability = [](const Settings::Augment& settings) { return settings.noise; },
          .apply =
              [](std::span<float> samples, int, const Settings::Augment& settings, Random& random) {
                const double level = draw_between(settings.noise_min, settings.noise_max, random);
                const auto scale = static_cast<float>(level * deviation_of(samples));
                for (float& sample : samples) sample += scale * random.normal();
              }};
}

}  // namespace sonograd::train
