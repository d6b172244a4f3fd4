// Waveform to mel spectrogram in dB in one op, without spectra in memory.
//
//   y = power_to_db(mel_project(power_spectrogram(x, window), bank)): kernels/stft/stft.h, kernels/mel/mel.h
//
//   x [N, T], f32 or 16-bit PCM (sample / 32768); window [win_length]; bank [n_fft/2 + 1, n_mels];
//   y [N, frames, n_mels] in dB; f32 (f64: `composed` only). There is no top_db, so that frames are independent.
// Errors: ShapeError when extents do not fit, DTypeError for other samples, ConfigError for a top_db.
#pragma once

#include "kernels/mel/mel.h"
#include "kernels/stft/stft.h"

namespace sonograd::kernels {

/// Value of one step of a 16-bit sample.
inline constexpr double kPcmUnit = 1.0 / 32768;

struct LogMelProblem {
  StftProblem stft;
  std::int64_t bands = 0;
  DbOptions db;
  DType samples = DType::f32;  ///< i16, or dtype
  DType dtype = DType::f32;    ///< type of window, bank and y

  static LogMelProblem make(const View& x, const View& window, const View& bank, const StftOptions& stft,
                            const DbOptions& db);
  Shape output_shape() const { return {stft.batch, stft.frames, bands}; }
  /// Operations of the transforms, and of a bank whose triangles overlap by half.
  double flops() const { return stft.flops() + 4.0 * static_cast<double>(stft.power_shape().numel()); }
  /// Bytes of x and y, each touched once.
  double bytes() const {
    return static_cast<double>(size_of(samples)) * static_cast<double>(stft.input_shape().numel()) +
           static_cast<double>(size_of(dtype)) * static_cast<double>(output_shape().numel());
  }
  std::string summary() const {
    return concat(stft.summary(), ' ', bands, " bands", db.top_db ? " top_db " : " ", name_of(samples));
  }
};

struct LogMel {
  static constexpr std::string_view name = "log_mel";
  using Problem = LogMelProblem;
  struct Args {
    View x, window, bank;
    Out y;
  };
};

/// y (= or +=) the mel spectrogram of x in dB.
void log_mel(const LogMelProblem& p, const View& x, const View& window, const View& bank, const Out& y);

}  // namespace sonograd::kernels
