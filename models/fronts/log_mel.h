// The front end of the spectrogram taggers: its options, and the input and sizes that follow from them.
#pragma once

#include "layers/log_mel.h"
#include "models/core/network.h"
#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Waveforms to log-mel maps [N, frames, n_mels, 1], as layers::LogMel computes them.
struct LogMelFront {
  std::int64_t samples = 59049;  ///< chunk length in samples
  layers::LogMelOptions mel;     ///< initial values are the defaults of the network

  void list(OptionList& all);
  /// Throws ConfigError for options that are in range but together make a map beyond `kMostMapValues` or
  /// `kMostMapValuesPerSecond`.
  Input input() const;
  /// Sets n_fft, n_mels and win_length from the filter bank and the window that published weights contain under the name of
  /// the layer. Without them the sizes stay as they are.
  void read_sizes(const io::NamedTensors& weights, std::string_view layer = "spec");
};

}  // namespace sonograd::models
