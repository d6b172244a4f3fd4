// Ticks beside log-mel spectrograms.
#pragma once

#include <string>
#include <vector>

namespace sonograd::train::report {

/// A tick at a share of the axis, from 0 (left, bottom) to 1.
struct MelTick {
  double share = 0;
  std::string text;
};

/// Times at round steps, `most` of them or fewer beside 0: "0:20", or "0.2 s" where steps are below a second.
std::vector<MelTick> time_ticks(double seconds, int most);
/// Frequencies in octaves from 500 Hz on, at most half of `sample_rate` in Hz, as mel_picture.h places them.
std::vector<MelTick> pitch_ticks(double sample_rate);

}  // namespace sonograd::train::report
