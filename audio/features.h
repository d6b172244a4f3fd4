// Features of waveforms, by the definitions of librosa 0.10 (its defaults) and torchaudio.
//
// Waveforms are [N, T] f32 in [-1, 1]; features [N, frames, bands]. Formulas: kernels/stft/stft.h,
// kernels/mel/mel.h.
#pragma once

#include <optional>
#include <vector>

#include "kernels/mel/mel.h"
#include "kernels/stft/stft.h"
#include "tensor/tensor.h"

namespace sonograd::audio {

/// Options of a mel spectrogram; the defaults are those of librosa.
struct MelSpectrogramOptions {
  double sample_rate = 22050;  ///< Hz
  kernels::StftOptions stft = {.n_fft = 2048, .hop_length = 512, .pad_mode = kernels::PadMode::zero};
  std::optional<std::int64_t> win_length;  ///< samples of the Hann window, <= n_fft; unset: n_fft
  std::int64_t n_mels = 128;               ///< mel bands, >= 1
  double f_min = 0;                        ///< Hz, 0 <= f_min < f_max
  std::optional<double> f_max;             ///< Hz, at most sample_rate / 2; unset: sample_rate / 2
  kernels::MelScale scale = kernels::MelScale::slaney;
  kernels::MelNorm norm = kernels::MelNorm::slaney;

  /// torchaudio's MelSpectrogram: reflection, HTK scale, triangles of height 1.
  static MelSpectrogramOptions torchaudio(double sample_rate, std::int64_t n_fft, std::int64_t hop_length,
                                          std::int64_t n_mels);
};

/// librosa's power_to_db: the floor is 80 dB below the maximum of the whole array.
inline constexpr kernels::DbOptions kLibrosaDb = {.top_db = 80};

/// Power in mel bands, [N, 1 + T / hop_length, n_mels].
Tensor mel_spectrogram(const Tensor& waveforms, const MelSpectrogramOptions& options = {});
/// The same in dB.
Tensor log_mel_spectrogram(const Tensor& waveforms, const MelSpectrogramOptions& options = {},
                           const kernels::DbOptions& db = kLibrosaDb);
/// 10 log10(max(x, amin) / ref), limited to top_db below the maximum of the whole array.
Tensor power_to_db(const Tensor& power, const kernels::DbOptions& options = kLibrosaDb);

struct MfccOptions {
  MelSpectrogramOptions mel;
  kernels::DbOptions db = kLibrosaDb;
  std::int64_t n_mfcc = 20;  ///< coefficients, 1 to n_mels
  double lifter = 0;         ///< L > 0: coefficient k times 1 + (L / 2) sin(pi (k + 1) / L)
};

/// Rows of the orthonormal DCT-II of `n_mels` values, liftered: [n_mels, n_mfcc]. Throws ConfigError for n_mfcc outside 1 to n_mels or
/// a negative lifter.
Tensor cosine_transform(std::int64_t n_mels, std::int64_t n_mfcc, double lifter = 0);

/// Mel-frequency cepstral coefficients: the orthonormal DCT-II of the log-mel spectrogram, [N, frames,
/// n_mfcc]. (Davis and Mermelstein, 1980.) Throws ConfigError for n_mfcc outside 1 to n_mels or a negative
/// lifter.
Tensor mfcc(const Tensor& waveforms, const MfccOptions& options = {});

struct DeltaOptions {
  std::int64_t width = 9;  ///< frames, odd, > order
  std::int64_t order = 1;  ///< order of the derivative and degree of the polynomial, >= 1
};

/// Factors of `width` neighbouring frames whose sum is the derivative in their middle, of the polynomial of least squares: order! times
/// its leading coefficient, the same at every position of the window. Throws ConfigError for options out of range.
std::vector<double> derivative_weights(const DeltaOptions& options = {});

/// Derivative over time (axis 1) of features [N, frames, D] by least-squares polynomials (Savitzky and Golay,
/// 1964); at the ends it is the derivative of the polynomial through the first or last `width` frames.
/// Throws ConfigError for options out of range, ShapeError for fewer than `width` frames.
Tensor delta(const Tensor& features, const DeltaOptions& options = {});

}  // namespace sonograd::audio
