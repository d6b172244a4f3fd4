// Small sound files for tests.
#pragma once

#include <cmath>
#include <filesystem>
#include <numbers>
#include <vector>

#include "audio/encode.h"

namespace sonograd::train {

inline constexpr int kTestRate = 8000;  // Hz

/// A sine of `hertz`, `samples` long, as 16-bit wav at kTestRate.
inline std::filesystem::path write_sine(const std::filesystem::path& file, double hertz, int samples) {
  std::vector<float> sine(static_cast<std::size_t>(samples));
  for (std::size_t i = 0; i < sine.size(); ++i) {
    const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / kTestRate;
    sine[i] = static_cast<float>(0.5 * std::sin(phase));
  }
  std::filesystem::create_directories(file.parent_path());
  audio::write_sound(file, sine, kTestRate, audio::Encoding::wav_pcm16);
  return file;
}

}  // namespace sonograd::train
