// High-pass or low-pass filter, each in half of the cases: y = x - low(x) with a cutoff uniform in [highpass_min, highpass_max)
// Hz, or y = low(x) with one in [lowpass_min, lowpass_max) Hz; low: windowed_sinc.h. Cutoffs above half the sample rate count as
// that half.
#include <algorithm>

#include "train/data/effects/effect.h"
#include "train/data/effects/windowed_sinc.h"

namespace sonograd::train {
namespace {

std::vector<float> low_of(std::span<const float> samples, double cutoff_hz, int sample_rate) {
  return filter(samples, low_pass_taps(std::min(0.5, cutoff_hz / sample_rate)));
}

void high_or_low_pass(std::span<float> samples, int sample_rate, const Settings::Augment& settings,
                      Random& random) {
  if (random.below(2) == 0) {
    const double cutoff = draw_between(settings.highpass_min, settings.highpass_max, random);
    const std::vector<float> low = low_of(samples, cutoff, sample_rate);
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i] -= low[i];
  } else {
    const double cutoff = draw_between(settings.lowpass_min, settings.lowpass_max, random);
    std::ranges::copy(low_of(samples, cutoff, sample_rate), samples.begin());
  }
}

}  // namespace

Effect filter_effect() {
  return {.name = "filter",
          .place = 3,
          .probability = [](const Settings::Augment& settings) { return settings.filter; },
          .apply = high_or_low_pass};
}

}  // namespace sonograd::train
