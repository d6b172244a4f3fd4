#include <algorithm>
#include <cmath>

#include "kernels/mel/mel.h"

namespace sonograd::kernels {
namespace {

// Slaney's scale is linear up to this frequency and logarithmic above it.
constexpr double kBreakHz = 1000, kBreakMel = 15, kHzPerMel = 200.0 / 3;
const double kLogStep = std::log(6.4) / 27;

}  // namespace

double hz_to_mel(double hz, MelScale scale) {
  if (scale == MelScale::htk) return 2595 * std::log10(1 + hz / 700);
  return hz < kBreakHz ? hz / kHzPerMel : kBreakMel + std::log(hz / kBreakHz) / kLogStep;
}

double mel_to_hz(double mel, MelScale scale) {
  if (scale == MelScale::htk) return 700 * (std::pow(10, mel / 2595) - 1);
  return mel < kBreakMel ? mel * kHzPerMel : kBreakHz * std::exp((mel - kBreakMel) * kLogStep);
}

Tensor mel_filter_bank(const MelOptions& options, DType dtype) {
  const auto& [sample_rate, n_fft, n_mels, f_min, f_max, scale, norm] = options;
  if (!(0 <= f_min && f_min < f_max && f_max <= sample_rate / 2)) {
    throw ConfigError(concat("[mel] f_min, f_max: expected 0 <= f_min < f_max <= ", sample_rate / 2,
                             " Hz, got ", f_min, " and ", f_max));
  }
  if (n_mels < 1 || n_fft < 1)
    throw ConfigError(concat("[mel] n_mels, n_fft: expected at least 1, got ", n_mels, " and ", n_fft));

  std::vector<double> points(static_cast<std::size_t>(n_mels) + 2);
  const double low = hz_to_mel(f_min, scale), high = hz_to_mel(f_max, scale);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(n_mels + 1);
    points[i] = mel_to_hz(low + (high - low) * share, scale);
  }
  const std::int64_t bins = n_fft / 2 + 1;
  const Tensor bank = Tensor::empty({bins, n_mels}, DType::f64);
  for (std::int64_t m = 0; m < n_mels; ++m) {
    const double* p = points.data() + m;
    const double height = norm == MelNorm::slaney ? 2 / (p[2] - p[0]) : 1;
    for (std::int64_t k = 0; k < bins; ++k) {
      const double f = static_cast<double>(k) * sample_rate / static_cast<double>(n_fft);
      const double triangle = std::min((f - p[0]) / (p[1] - p[0]), (p[2] - f) / (p[2] - p[1]));
      bank.data<double>()[k * n_mels + m] = height * std::max(0.0, triangle);
    }
  }
  return bank.to(dtype);
}

}  // namespace sonograd::kernels
