// The harmonic front end: spectra, a bank of filters around the harmonics of notes, decibels (Won, Chun, Nieto, Serra, "Data-driven
// harmonic filters for audio representation learning", ICASSP 2020).
#pragma once

#include "kernels/harmonic_filters/harmonic_filters.h"
#include "kernels/mel/mel.h"
#include "kernels/stft/stft.h"
#include "layers/layer.h"
#include "layers/parameter.h"

namespace sonograd::layers {

/// The defaults are those of the published network.
struct HarmonicStftOptions {
  std::int64_t sample_rate = 16000;  ///< Hz
  std::int64_t n_fft = 512;          ///< samples of the window (Hann, periodic) and of the transform, >= 2
  std::int64_t hop_length = 256;     ///< samples, >= 1
  bool center = true;                ///< frames are centred on their sample, else they begin there
  kernels::PadMode pad_mode = kernels::PadMode::reflect;  ///< beyond the ends, for centred frames
  int power = 2;  ///< exponent of the magnitude of the spectrum, 1 or 2
  kernels::HarmonicNotes notes;
  double amin = 1e-10;  ///< smallest filtered value of the decibels, > 0
};

/// Waveforms [N, T] -> spectra [N, frames, n_fft/2 + 1], without parameters, and spectra -> decibels [N, frames, filters,
/// harmonics]: 10 log10(max(y, amin)) of the filtered powers y, 20 log10 of filtered magnitudes. Parameter: bw_Q [1], one Q for
/// all filters, 1 at first; buffer: spec.window [n_fft]. The centres follow from the options. Both directions of the filters
/// and decibels are computed in float32, in a module that is stored in bf16, too.
class HarmonicStft : public Layer {
 public:
  /// Throws ConfigError for options out of range.
  explicit HarmonicStft(const HarmonicStftOptions& options);

  Tensor spectrum(const Tensor& waveforms) const;
  /// Spectra -> decibels.
  Variable forward(const Variable& spectrum) const override;

  std::int64_t filters() const { return centres_.shape()[0]; }

 private:
  HarmonicStftOptions options_;
  Parameter q_;
  Buffer window_, centres_;
};

}  // namespace sonograd::layers
