// The front end of the spectrogram taggers: options, and what a network needs of them.
#pragma once

#include "layers/log_mel.h"
#include "models/core/network.h"
#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Waveforms to log-mel maps [N, frames, n_mels, 1], as layers::LogMel computes them.
struct LogMelFront {
  std::int64_t samples = 59049;  ///< chunk length
  layers::LogMelOptions mel;     ///< the defaults are those of the network

  void list(OptionList& all);
  Input input() const { return {.sample_rate = mel.sample_rate, .samples = samples}; }
  /// Transform length and bands of the filter bank that published weights bring along under the name of the layer. Weights
  /// without one leave the sizes as they are.
  void read_sizes(const io::NamedTensors& weights, std::string_view layer = "spec");
};

}  // namespace sonograd::models
