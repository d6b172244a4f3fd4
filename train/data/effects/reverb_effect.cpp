// Reverberation (reverb.h): reverberance, damping and room size are integers uniform in [0, reverb_max].
#include "train/data/effects/effect.h"
#include "train/data/effects/reverb.h"

namespace sonograd::train {
namespace {

void add_reverb(std::span<float> samples, int sample_rate, const Settings::Augment& settings,
                Random& random) {
  const auto draw = [&] {
    return static_cast<double>(random.below(static_cast<std::uint64_t>(settings.reverb_max) + 1));
  };
  Reverb reverb;
  reverb.reverberance = draw();
  reverb.damping = draw();
  reverb.room = draw();
  reverberate(samples, sample_rate, reverb);
}

}  // namespace

Effect reverb_effect() {
  return {.name = "reverb",
          .place = 6,
          .probability = [](const Settings::Augment& settings) { return settings.reverb; },
          .apply = add_reverb};
}

}  // namespace sonograd::train
