// From sound to the input of the networks: a log-mel map, drawn in characters.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "layers/log_mel.h"

namespace sg = sonograd;

int main() {
  // One second of a tone that glides from 200 to 4000 Hz.
  constexpr std::int64_t kRate = 16000;
  const sg::Tensor wave = sg::Tensor::empty({1, kRate});
  double phase = 0;
  for (std::int64_t n = 0; n < kRate; ++n) {
    const double hz = 200 * std::pow(20.0, static_cast<double>(n) / kRate);
    phase += 2 * std::numbers::pi * hz / kRate;
    wave.data<float>()[n] = static_cast<float>(0.5 * std::sin(phase));
  }

  const sg::layers::LogMel log_mel({.sample_rate = kRate, .n_mels = 24});
  const sg::Tensor map = log_mel.forward(wave);  // [1, frames, bands, 1] in dB
  const std::int64_t frames = map.shape()[1], bands = map.shape()[2];
  std::printf("%lld frames x %lld bands, high bands first, dark = loud\n", static_cast<long long>(frames),
              static_cast<long long>(bands));
  for (std::int64_t band = bands - 1; band >= 0; --band) {
    for (std::int64_t frame = 0; frame < frames; ++frame) {
      const float db = map.data<float>()[frame * bands + band];
      std::putchar(" .:-=+*#%@"[static_cast<int>(std::clamp((db + 40) / 8, 0.0f, 9.0f))]);
    }
    std::putchar('\n');
  }
}
