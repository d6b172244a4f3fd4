// Mean of the channels.
#pragma once

#include <cstddef>
#include <span>

namespace sonograd::audio {

/// mono[t] = mean over c of interleaved[t, c], for every t of `mono`. One channel passes unchanged.
inline void mix_to_mono(std::span<const float> interleaved, int channels, std::span<float> mono) {
  const float* frame = interleaved.data();
  for (float& sample : mono) {
    float sum = 0;
    for (int c = 0; c < channels; ++c) sum += frame[c];
    sample = sum / static_cast<float>(channels);
    frame += channels;
  }
}

}  // namespace sonograd::audio
