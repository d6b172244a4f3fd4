// Base of the networks whose first layer takes the samples themselves, and the options of such an input.
#pragma once

#include "models/core/network.h"
#include "models/core/option_list.h"

namespace sonograd::models {

/// The first layer of a network on samples: `channels`, of an option, for every `stride` samples.
struct FirstLayer {
  std::string_view option;  ///< path: "model.channels"
  std::int64_t channels;
  std::int64_t stride;
};

/// Waveforms as they are: no features, no parameters.
struct RawWaveform {
  std::int64_t samples = 59049;  ///< chunk length in samples
  std::int64_t sample_rate = 16000;

  void list(OptionList& all) {
    all.add("samples", samples, {256, 1 << 26}, "chunk length in samples");
    all.add("front_end.sample_rate", sample_rate, {1000, 192000}, "sample rate of the input in Hz");
  }
  Input input() const { return {.sample_rate = sample_rate, .samples = samples}; }
  /// The same. Throws ConfigError when a chunk gives the first layer more than `kMostLayerValues`.
  Input input(const FirstLayer& first) const;
};

/// A network on sequences [N, samples, 1].
class WaveformNetwork : public Network {
 public:
  WaveformNetwork(const RawWaveform& front, const FirstLayer& first, std::int64_t labels)
      : Network(front.input(first), labels) {}

  Tensor features(const Tensor& waveforms) const final {
    return waveforms.reshape({waveforms.shape()[0], waveforms.shape()[1], 1});
  }
};

}  // namespace sonograd::models
