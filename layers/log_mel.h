// The log-mel front end of the spectrogram taggers, in the dialects of the libraries with which they were trained.
#pragma once

#include "kernels/mel/mel.h"
#include "kernels/stft/stft.h"
#include "layers/parameter.h"

namespace sonograd::layers {

/// w[i] = a - (1 - a) cos(2 pi i / L), L samples; a symmetric window divides by L - 1 instead.
enum class WindowShape : std::uint8_t {
  hann,         ///< a = 0.5
  hamming,      ///< a = 0.54
  rectangular,  ///< a = 1
};

/// Function of a mel band x; `amin`, `reference` and `top_db` are in LogMelOptions::db. The decibels of x^2, as the taggers of Choi
/// et al. (2016, 2017) take them of powers, are `amplitude_decibel` of x.
enum class Compression : std::uint8_t {
  /// 10 log10(max(x, amin)) - 10 log10(max(reference, amin)): librosa.power_to_db, torchaudio AmplitudeToDB("power")
  decibel,
  /// 20 instead of 10: torchaudio AmplitudeToDB("magnitude"), librosa.amplitude_to_db (whose default amin is 1e-5)
  amplitude_decibel,
  natural,  ///< ln(x + offset): torch.log(mel + 1e-6), the usual front end of speech and audio transformers
  natural_clamped,  ///< ln(max(x, amin))
  log10_scaled,     ///< log10(10000 x + 1): musicnn (Pons and Serra, 2019)
  none,             ///< x
};

/// Type to which mel bands are rounded before the compression; the arithmetic is float32.
enum class BandType : std::uint8_t {
  float32,
  float16,  ///< binary16: musicnn, which was trained on bands in files of this type
};

/// The defaults are torchaudio's MelSpectrogram and AmplitudeToDB.
struct LogMelOptions {
  std::int64_t sample_rate = 16000;  ///< Hz
  std::int64_t n_fft = 512;          ///< samples, >= 1
  std::int64_t hop_length = 256;     ///< samples, >= 1
  std::int64_t n_mels = 96;          ///< mel bands, >= 1
  double f_min = 0;                  ///< Hz, 0 <= f_min < f_max
  double f_max = 8000;               ///< Hz, at most half the sample rate
  std::int64_t win_length = 0;       ///< samples of the window, centred in n_fft, at most n_fft; 0: n_fft
  WindowShape window = WindowShape::hann;
  bool periodic = true;  ///< true: torch and librosa; false: symmetric
  bool center = true;    ///< true: frame m is centred on sample m hop_length; false: it begins there
  kernels::PadMode pad_mode =
      kernels::PadMode::reflect;  ///< beyond the ends, for centred frames; librosa since 0.10: zero
  int power = 2;                  ///< exponent of the magnitude of the spectrum, 1 or 2
  kernels::MelScale mel_scale = kernels::MelScale::htk;  ///< librosa, musicnn: slaney
  kernels::MelNorm mel_norm = kernels::MelNorm::none;    ///< librosa, musicnn: slaney
  BandType band_type = BandType::float32;
  Compression compression = Compression::decibel;
  /// top_db counts from the maximum of each example: a chunk's features do not depend on the batch (librosa's of one clip).
  /// amin and ref are above 0.
  kernels::DbOptions db;
  /// 0 decibels are the maximum of each example, whatever `ref` is: librosa's ref=np.max.
  bool below_maximum = false;
  double offset = 1e-6;  ///< for Compression::natural, > 0
};

/// Waveforms [N, T] f32 -> [N, frames, n_mels, 1]; frames = 1 + T / hop_length when centred, see kernels/stft/stft.h. Buffers:
/// spectrogram.window [win_length], mel_scale.fb [n_fft/2 + 1, n_mels]; buffers of a published file are used as stored. Powers
/// in decibels without a top_db are one fused op, which also takes 16-bit PCM; the other dialects are composed of plain ops.
class LogMel : public Module {
 public:
  /// Throws ConfigError for options out of range.
  explicit LogMel(const LogMelOptions& options);
  Tensor forward(const Tensor& waveforms) const;

 private:
  Tensor bands(const Tensor& waveforms) const;
  Tensor compressed(const Tensor& bands) const;

  LogMelOptions options_;
  Buffer window_, filter_bank_;
};

}  // namespace sonograd::layers
