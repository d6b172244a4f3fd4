// The picture that the effect `spectrogram` of SoX draws, as a front end: mean powers of short spectra in decibels of full scale.
// SoX 14.4, src/spectrogram.c (2008-2013).
#pragma once

#include "layers/parameter.h"
#include "layers/part.h"
#include "models/core/front_end.h"
#include "models/core/network.h"

namespace sonograd::models {

/// Options of the picture. The defaults are those of `sox FILE -n spectrogram -X 50 -Y 200 -m -r` at 44,100 Hz: 50 columns a second.
struct SoxFront {
  std::int64_t samples = 112896;  ///< chunk length: 128 columns
  std::int64_t sample_rate = 44100;
  std::int64_t n_fft = 256;       ///< window and transform; half as many rows
  std::int64_t hop_length = 126;  ///< samples between spectra
  std::int64_t spectra = 7;       ///< spectra whose mean is a column
  double range = 120;             ///< decibels between black, 0, and white, 1

  void list(OptionList& all);
  Input input() const;
  std::int64_t columns() const { return samples / (hop_length * spectra); }
  std::int64_t rows() const { return n_fft / 2; }
  FeatureAxes axes() const;
  /// Sets n_fft from the window of published weights.
  void read_sizes(const io::NamedTensors& weights);
};

/// Waveforms [N, samples] -> pictures [N, columns, rows, 1] with values of 0 to 1. Row k is the frequency k sample_rate / n_fft:
/// time and frequency ascend, and the row of half the sample rate is left out. With P the power of a spectrum whose window adds up to
/// 2, so that a sine of amplitude 1 has the power 1:
///
///   value = min(1, max(0, 1 + 10 log10(mean of P over a column) / range))
///
/// Spectra are centred on multiples of the hop, with zeros outside of the chunk; SoX centres them half a hop later. Its picture has 8
/// bits. Buffer: window [n_fft].
class SoxSpectrogram : public layers::Module {
 public:
  explicit SoxSpectrogram(const SoxFront& front);
  Tensor forward(const Tensor& waveforms) const;

 private:
  SoxFront front_;
  layers::Buffer window_;
};

}  // namespace sonograd::models
