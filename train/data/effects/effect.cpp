#include "train/data/effects/effect.h"

#include <algorithm>

#include "tensor/support/error.h"

namespace sonograd::train {
namespace {

/// Streams of random numbers of the effects: after those of RandomStream.
constexpr std::uint32_t kFirstStream = 64;

std::vector<Effect> effects_in_order() {
  std::vector<Effect> effects = all_effects();
  std::ranges::sort(effects, {}, &Effect::place);
  return effects;
}

void require_order(std::string_view key, double low, double high) {
  if (low <= high) return;
  throw ConfigError(
      concat("augment.", key, "_min: expected at most augment.", key, "_max = ", high, ", got ", low));
}

}  // namespace

double draw_between(double low, double high, Random& random) {
  return low + (high - low) * random.uniform();
}

void apply_effects(std::span<float> samples, int sample_rate, const Settings::Augment& settings,
                   RandomKey key) {
  static const std::vector<Effect> effects = effects_in_order();
  for (const Effect& effect : effects) {
    key.stream = static_cast<RandomStream>(kFirstStream + static_cast<std::uint32_t>(effect.place));
    Random random(key);
    if (random.uniform() < effect.probability(settings)) effect.apply(samples, sample_rate, settings, random);
  }
}

bool has_effects(const Settings::Augment& settings) {
  return std::ranges::any_of(all_effects(),
                             [&](const Effect& effect) { return effect.probability(settings) > 0; });
}

void check_effects(const Settings::Augment& settings) {
  require_order("noise", settings.noise_min, settings.noise_max);
  require_order("gain", settings.gain_min, settings.gain_max);
  require_order("highpass", settings.highpass_min, settings.highpass_max);
  require_order("lowpass", settings.lowpass_min, settings.lowpass_max);
  require_order("delay", settings.delay_min, settings.delay_max);
}

}  // namespace sonograd::train
