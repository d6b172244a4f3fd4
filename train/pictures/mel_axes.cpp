#include "train/pictures/mel_axes.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

#include "kernels/mel/mel.h"

namespace sonograd::train {

std::string clock_time(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::vector<MelTick> time_ticks(double begin, double seconds, int most) {
  constexpr std::array kSteps = {0.1,  0.2,  0.5,   1.0,   2.0,   5.0,    10.0,  20.0,
                                 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0};
  if (!(seconds > 0)) return {};
  double step = kSteps.back();
  for (auto i = kSteps.rbegin(); i != kSteps.rend() && seconds / *i <= most; ++i) step = *i;
  while (seconds / step > most) step *= 2;
  std::vector<MelTick> ticks;
  for (double i = std::ceil(begin / step - 1e-9) + 0.0; i * step <= begin + seconds; ++i) {
    ticks.push_back(
        {(i * step - begin) / seconds, step < 1 ? fmt::format("{:.1f} s", i * step) : clock_time(i * step)});
  }
  return ticks;
}

std::vector<MelTick> pitch_ticks(double sample_rate) {
  const double highest = kernels::hz_to_mel(sample_rate / 2, kernels::MelScale::slaney);
  std::vector<MelTick> ticks;
  for (const double hz : {500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16000.0}) {
    const double share = kernels::hz_to_mel(hz, kernels::MelScale::slaney) / highest;
    if (share > 1) break;
    ticks.push_back({share, hz < 1000 ? fmt::format("{:g} Hz", hz) : fmt::format("{:g} kHz", hz / 1000)});
  }
  return ticks;
}

}  // namespace sonograd::train
