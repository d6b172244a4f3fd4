// The waveform front end of Pons et al.
// Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018.
#pragma once

#include <memory>
#include <vector>

#include "layers/conv_unit.h"
#include "layers/part.h"
#include "models/fronts/waveform_network.h"

namespace sonograd::models {

/// [N, samples, 1] -> [N, frames, 4 c]. conv0, conv1, …: filters of 3 positions without padding, ReLU, a norm; conv0 has a stride
/// of 3, every other one is followed by the maximum of 3 positions. The first three have c channels, the last one 4 c, those
/// between 2 c.
class PonsWaveformFront : public layers::Module {
 public:
  /// `depth`: convolutions, at least 5; 7 in the published code, 9 in the paper. `width`: c, 64 in the paper.
  PonsWaveformFront(std::int64_t depth, std::int64_t width);
  /// Throws ShapeError for too few samples.
  Variable forward(const Variable& x) const;
  /// Positions behind the last layer; below 1 for too few samples.
  std::int64_t frames(std::int64_t samples) const { return frames(std::ssize(layers_), samples); }
  /// The same for a front end of `depth` convolutions.
  static std::int64_t frames(std::int64_t depth, std::int64_t samples);
  /// The first layer of `width` channels, an option under that path.
  static FirstLayer first(std::string_view option, std::int64_t width);

 private:
  std::vector<std::unique_ptr<const layers::ConvUnit1d>> layers_;
};

}  // namespace sonograd::models
