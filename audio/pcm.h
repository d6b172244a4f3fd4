// 16-bit PCM, the format of samples in caches and prepared data.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sonograd::audio {

/// The integer nearest to 32768·sample (ties to even), limited to 16 bits. NaN is not allowed.
inline std::int16_t to_pcm16(float sample) {
  return static_cast<std::int16_t>(std::clamp(std::nearbyint(sample * 32768.0f), -32768.0f, 32767.0f));
}

/// The sample in [-1, 1); `to_pcm16` of it is `sample` again.
inline float from_pcm16(std::int16_t sample) {
  return static_cast<float>(sample) / 32768.0f;
}

/// Converts `samples` into `pcm` of the same size. Returns the number of samples that were out of range and clipped.
inline std::int64_t to_pcm16(std::span<const float> samples, std::span<std::int16_t> pcm) {
  std::int64_t clipped = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const float scaled = std::nearbyint(samples[i] * 32768.0f);
    clipped += scaled < -32768.0f || scaled > 32767.0f;
    pcm[i] = to_pcm16(samples[i]);
  }
  return clipped;
}

/// Converts `pcm` into `samples` of the same size.
inline void from_pcm16(std::span<const std::int16_t> pcm, std::span<float> samples) {
  std::ranges::transform(pcm, samples.begin(), [](std::int16_t sample) { return from_pcm16(sample); });
}

}  // namespace sonograd::audio
