// The log-mel front end of the spectrogram taggers.
#pragma once

#include "layers/parameter.h"

namespace sonograd::layers {

/// Sizes of the front end. Frames are centred with reflection, the window is a periodic Hann of `n_fft`
/// samples, the spectrum is |X|^2, the bands are HTK triangles of height 1 between f_min and f_max Hz, and dB
/// are 10 log10(max(x, 1e-10)) without a limit on the range (torchaudio's MelSpectrogram and AmplitudeToDB).
struct LogMelOptions {
  std::int64_t sample_rate = 16000;  ///< Hz
  std::int64_t n_fft = 512;          ///< samples
  std::int64_t hop_length = 256;     ///< samples
  std::int64_t n_mels = 96;
  double f_min = 0;     ///< Hz
  double f_max = 8000;  ///< Hz
};

/// Waveforms [N, T] -> [N, 1 + T / hop_length, n_mels, 1] in dB. Buffers: spectrogram.window [n_fft],
/// mel_scale.fb [n_fft/2 + 1, n_mels]; those of a published file are used as stored.
class LogMel : public Module {
 public:
  explicit LogMel(const LogMelOptions& options);
  Tensor forward(const Tensor& waveforms) const;

 private:
  LogMelOptions options_;
  Buffer window_, filter_bank_;
};

}  // namespace sonograd::layers
