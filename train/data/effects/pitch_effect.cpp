// Shift of the pitch by c cents, an integer uniform in [-pitch_max, pitch_max]: the example is stretched 2^(c / 1200) times in
// time (time_stretch.h) and resampled to its duration; cut, or filled with silence, to its length.
#include <algorithm>
#include <cmath>

#include "audio/resample.h"
#include "train/data/effects/effect.h"
#include "train/data/effects/time_stretch.h"

namespace sonograd::train {
namespace {

void shift_pitch(std::span<float> samples, int sample_rate, const Settings::Augment& settings,
                 Random& random) {
  const auto most = static_cast<std::int64_t>(settings.pitch_max);
  const std::int64_t cents =
      static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(2 * most + 1))) - most;
  const double factor = std::pow(2.0, static_cast<double>(cents) / 1200);
  const auto played_at = static_cast<int>(std::lround(sample_rate * factor));
  if (played_at == sample_rate) return;
  const std::vector<float> shifted =
      audio::resample(stretch_time(samples, factor, sample_rate), played_at, sample_rate);
  const std::size_t length = std::min(shifted.size(), samples.size());
  std::copy_n(shifted.begin(), length, samples.begin());
  std::ranges::fill(samples.subspan(length), 0.0f);
}

}  // namespace

Effect pitch_effect() {
  return {.name = "pitch",
          .place = 5,
          .probability = [](const Settings::Augment& settings) { return settings.pitch; },
          .apply = shift_pitch};
}

}  // namespace sonograd::train
