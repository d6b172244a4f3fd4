#include "audio/features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/fused/log_mel/log_mel.h"
#include "kernels/gemm/gemm.h"

namespace sonograd::audio {
namespace {

struct FrontEnd {
  Tensor window, bank;

  explicit FrontEnd(const MelSpectrogramOptions& o)
      : window(kernels::hann_window(o.win_length.value_or(o.stft.n_fft))),
        bank(kernels::mel_filter_bank({.sample_rate = o.sample_rate,
                                       .n_fft = o.stft.n_fft,
                                       .n_mels = o.n_mels,
                                       .f_min = o.f_min,
                                       .f_max = o.f_max.value_or(o.sample_rate / 2),
                                       .scale = o.scale,
                                       .norm = o.norm})) {}
};

}  // namespace

MelSpectrogramOptions MelSpectrogramOptions::torchaudio(double sample_rate, std::int64_t n_fft,
                                                        std::int64_t hop_length, std::int64_t n_mels) {
  return {.sample_rate = sample_rate,
          .stft = {.n_fft = n_fft, .hop_length = hop_length},
          .n_mels = n_mels,
          .scale = kernels::MelScale::htk,
          .norm = kernels::MelNorm::none};
}

Tensor mel_spectrogram(const Tensor& waveforms, const MelSpectrogramOptions& options) {
  const FrontEnd end(options);
  const auto p = kernels::StftProblem::make(waveforms.shape(), end.window.numel(), options.stft);
  const Tensor power = Tensor::empty(p.power_shape());
  kernels::power_spectrogram(p, waveforms, end.window, set(power));
  const auto bands = kernels::MelProblem::make(power.shape(), end.bank.shape());
  const Tensor mel = Tensor::empty(bands.output);
  kernels::mel_project(bands, power, end.bank, set(mel));
  return mel;
}

Tensor log_mel_spectrogram(const Tensor& waveforms, const MelSpectrogramOptions& options,
                           const kernels::DbOptions& db) {
  if (db.top_db) return power_to_db(mel_spectrogram(waveforms, options), db);
  const FrontEnd end(options);
  const auto p = kernels::LogMelProblem::make(waveforms, end.window, end.bank, options.stft, db);
  const Tensor y = Tensor::empty(p.output_shape());
  kernels::log_mel(p, waveforms, end.window, end.bank, set(y));
  return y;
}

Tensor power_to_db(const Tensor& power, const kernels::DbOptions& options) {
  const Tensor db = Tensor::empty(power.shape(), power.dtype());
  kernels::power_to_db(power, options, set(db));
  return db;
}

Tensor cosine_transform(std::int64_t n_mels, std::int64_t n_mfcc, double lifter) {
  if (n_mfcc < 1 || n_mfcc > n_mels || lifter < 0) {
    throw ConfigError(concat("[mfcc] expected 1 to ", n_mels, " coefficients and a lifter >= 0, got ", n_mfcc,
                             " and ", lifter));
  }
  const auto m = static_cast<double>(n_mels);
  const Tensor matrix = Tensor::empty({n_mels, n_mfcc});
  for (std::int64_t k = 0; k < n_mfcc; ++k) {
    const auto row = static_cast<double>(k);
    const double lift = lifter > 0 ? 1 + lifter / 2 * std::sin(std::numbers::pi * (row + 1) / lifter) : 1;
    const double scale = lift * std::sqrt((k == 0 ? 1 : 2) / m);
    for (std::int64_t n = 0; n < n_mels; ++n) {
      const double angle = std::numbers::pi * row * (2 * static_cast<double>(n) + 1) / (2 * m);
      matrix.data<float>()[n * n_mfcc + k] = static_cast<float>(scale * std::cos(angle));
    }
  }
  return matrix;
}

Tensor mfcc(const Tensor& waveforms, const MfccOptions& options) {
  const Tensor cosines = cosine_transform(options.mel.n_mels, options.n_mfcc, options.lifter);
  const Tensor db = log_mel_spectrogram(waveforms, options.mel, options.db);
  const Shape shape = db.shape().with(-1, options.n_mfcc);
  const Tensor result = Tensor::empty({shape[0] * shape[1], shape[2]});
  kernels::gemm(db.reshape({shape[0] * shape[1], options.mel.n_mels}), cosines, set(result));
  return result.reshape(shape);
}

// The projection on the polynomial of this degree that is orthogonal, over the window, to all lower ones; the loop is their
// three-term recurrence.
std::vector<double> derivative_weights(const DeltaOptions& options) {
  const auto [width, order] = options;
  if (width % 2 != 1 || order < 1 || order >= width) {
    throw ConfigError(
        concat("[delta] expected an odd width above the order >= 1, got ", width, " and ", order));
  }
  const auto size = static_cast<std::size_t>(width);
  std::vector<double> polynomial(size, 1), lower(size, 0);
  double squares = static_cast<double>(width), lower_squares = 1, factorial = 1;
  for (std::int64_t degree = 1; degree <= order; ++degree) {
    const double share = degree == 1 ? 0 : squares / lower_squares;
    lower_squares = squares;
    squares = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const double position = static_cast<double>(i) - static_cast<double>(width / 2);
      const double next = position * polynomial[i] - share * lower[i];
      lower[i] = polynomial[i];
      polynomial[i] = next;
      squares += next * next;
    }
    factorial *= static_cast<double>(degree);
  }
  for (double& weight : polynomial) weight *= factorial / squares;
  return polynomial;
}

Tensor delta(const Tensor& features, const DeltaOptions& options) {
  const std::vector<double> weights = derivative_weights(options);
  const std::int64_t width = options.width;
  const Shape shape = features.shape();
  if (shape.rank() != 3 || shape[1] < width) {
    throw ShapeError(concat("[delta] expected [N, frames, D] with at least ", width, " frames, got ", shape));
  }
  const Tensor result = Tensor::empty(shape);
  const std::int64_t frames = shape[1], size = shape[2];
  for (std::int64_t row = 0; row < shape[0] * frames; ++row) {
    const std::int64_t t = row % frames;
    const std::int64_t start = row - t + std::clamp<std::int64_t>(t - width / 2, 0, frames - width);
    for (std::int64_t d = 0; d < size; ++d) {
      double sum = 0;
      for (std::int64_t i = 0; i < width; ++i) {
        sum += weights[static_cast<std::size_t>(i)] * features.data<float>()[(start + i) * size + d];
      }
      result.data<float>()[row * size + d] = static_cast<float>(sum);
    }
  }
  return result;
}

}  // namespace sonograd::audio
