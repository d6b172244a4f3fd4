// Ticks beside log-mel spectrograms, and times in text.
#pragma once

#include <string>
#include <vector>

namespace sonograd::train {

/// A tick at a share of the axis, from 0 (left, bottom) to 1.
struct MelTick {
  double share = 0;
  std::string text;
};

/// Times at round steps in the `seconds` from `begin` on, `most` of them or fewer beside the first: "0:20", or "0.2 s" where steps
/// are below a second.
std::vector<MelTick> time_ticks(double begin, double seconds, int most);
/// The same from 0 on.
inline std::vector<MelTick> time_ticks(double seconds, int most) {
  return time_ticks(0, seconds, most);
}
/// Frequencies in octaves from 500 Hz on, at most half of `sample_rate` in Hz, as mel_picture.h places them.
std::vector<MelTick> pitch_ticks(double sample_rate);
/// "4:05" or "1:02:03".
std::string clock_time(double seconds);

}  // namespace sonograd::train
