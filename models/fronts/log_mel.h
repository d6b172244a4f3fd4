// The front end of the spectrogram taggers: its options, the input and sizes that follow from them, and the options that
// published weights do not contain.
#pragma once

#include "layers/log_mel.h"
#include "models/core/front_end.h"
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
  /// Frames of a chunk. Throws ConfigError for a chunk that is shorter than a frame.
  std::int64_t frames() const;
  /// Axes of the maps; the bands of a stored filter bank are assumed to be those of the options.
  FeatureAxes axes() const;
  /// Sets n_fft, n_mels and win_length from the filter bank and the window that published weights contain under the name of
  /// the layer. Without them the sizes stay as they are.
  void read_sizes(const io::NamedTensors& weights, std::string_view layer = "spec");

  /// The published network, torchaudio 2 and librosa 0.10.
  static std::vector<std::string> dialects();
  /// As FrontEnd::complete. `f_max` is half of the sample rate, rate // 2 in torchaudio, where a library or another rate than
  /// the published one is taken and it is not given. Throws ConfigError for a stored filter bank of other sizes than the
  /// published one without a dialect, when rate, hop or chunk length is not given.
  static std::vector<std::string> complete(const OptionTable& options, const FrontEndSource& source,
                                           OptionValues& values);
};

}  // namespace sonograd::models
