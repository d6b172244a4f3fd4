// Base of the front ends whose first layer takes the samples themselves.
#pragma once

#include "autograd/ops/copy.h"
#include "models/core/value_ranges.h"
#include "models/fronts/front_kind.h"
#include "models/fronts/waveform_network.h"

namespace sonograd::models {

/// The features are the samples, [N, samples, 1]. The sequence [N, T, C] behind the convolutions becomes a map [N, T, C, 1] whose
/// bands are the channels: in this form the waveform and the spectrogram front end of Pons et al. (ISMIR 2018) share a back end.
/// The order of the bands has no meaning before training, unlike that of mel bands.
class WaveformMaps : public Front {
 public:
  Tensor features(const Tensor& waveforms) const final {
    return waveforms.reshape({waveforms.shape()[0], waveforms.shape()[1], 1});
  }
  Variable map(const Variable& features) const final {
    const Variable y = sequence(features);
    return reshape(y, {y.shape()[0], y.shape()[1], y.shape()[2], 1});
  }

 protected:
  /// [N, samples, 1] -> [N, T, C].
  virtual Variable sequence(const Variable& samples) const = 0;

  /// The map of `channels` bands. Throws ShapeError for less than one frame, and for a map beyond `kMostMapValues`.
  static MapExtents checked_map(std::int64_t frames, std::int64_t channels) {
    if (frames < 1)
      throw ShapeError("[waveform] expected a chunk of at least one frame behind the convolutions, got none");
    if (static_cast<double>(frames * channels) > kMostMapValues) {
      throw ShapeError(concat("[waveform] expected a map of at most ", kMostMapValues, " values, got ",
                              frames, " frames x ", channels, " bands"));
    }
    return {frames, channels, 1};
  }
};

}  // namespace sonograd::models
