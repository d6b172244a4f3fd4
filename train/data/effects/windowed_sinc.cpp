#include "train/data/effects/windowed_sinc.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <numeric>

namespace sonograd::train {
namespace {

constexpr std::size_t kOutputsAtOnce = 2048;  // outputs whose sums stay in the first-level cache

}  // namespace

std::vector<float> low_pass_taps(double cutoff) {
  constexpr double kZeroCrossings = 8;
  const auto half = static_cast<std::int64_t>(kZeroCrossings / cutoff / 2);
  std::vector<double> taps;
  for (std::int64_t k = -half; k <= half; ++k) {
    const double phase = 2 * std::numbers::pi * cutoff * static_cast<double>(k);
    const double sinc = k == 0 ? 1 : std::sin(phase) / phase;
    const double window =
        0.5 + 0.5 * std::cos(std::numbers::pi * static_cast<double>(k) / static_cast<double>(half));
    taps.push_back(sinc * window);
  }
  const double sum = std::accumulate(taps.begin(), taps.end(), 0.0);
  std::vector<float> scaled;
  for (const double tap : taps) scaled.push_back(static_cast<float>(tap / sum));
  return scaled;
}

std::vector<float> filter(std::span<const float> x, std::span<const float> taps) {
  std::vector<float> y(x.size(), 0.0f);
  if (x.empty()) return y;
  const std::size_t half = taps.size() / 2;
  std::vector<float> padded(x.size() + 2 * half);
  std::fill_n(padded.begin(), half, x.front());
  std::ranges::copy(x, padded.begin() + static_cast<std::ptrdiff_t>(half));
  std::fill_n(padded.end() - static_cast<std::ptrdiff_t>(half), half, x.back());
  for (std::size_t begin = 0; begin < x.size(); begin += kOutputsAtOnce) {
    const std::size_t length = std::min(kOutputsAtOnce, x.size() - begin);
    float* const to = y.data() + begin;
    for (std::size_t k = 0; k < taps.size(); ++k) {
      const float* const from = padded.data() + begin + k;
      for (std::size_t i = 0; i < length; ++i) to[i] += taps[k] * from[i];
    }
  }
  return y;
}

}  // namespace sonograd::train
