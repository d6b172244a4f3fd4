// The front end of the spectrogram taggers: options, and what a network needs of them.
#pragma once

#include "layers/log_mel.h"
#include "models/core/network.h"
#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Waveforms to log-mel maps [N, 1 + samples / hop_length, n_mels, 1], as layers::LogMel computes them.
struct LogMelFront {
  std::int64_t sample_rate = 16000;  ///< Hz
  std::int64_t samples = 59049;      ///< chunk length
  std::int64_t n_fft = 512;          ///< window and transform length in samples
  std::int64_t hop_length = 256;     ///< samples between frames
  std::int64_t n_mels = 96;          ///< bands
  double f_min = 0;                  ///< Hz
  double f_max = 8000;               ///< Hz

  void list(OptionList& all);
  Input input() const { return {.sample_rate = sample_rate, .samples = samples}; }
  layers::LogMelOptions sizes() const;
  /// Transform length and bands of the filter bank that published weights bring along under the name of the layer. Weights
  /// without one leave the sizes as they are.
  void read_sizes(const io::NamedTensors& weights, std::string_view layer = "spec");
};

}  // namespace sonograd::models
