// A front end as a part of a network that may have any other one in its place.
#pragma once

#include "layers/module.h"
#include "models/core/feature_axes.h"

namespace sonograd::models {

/// Waveforms to a normalised map, in two stages: features, without a gradient, and the trained rest.
class Front : public layers::Module {
 public:
  /// Waveforms [N, samples] -> features, as Network::features.
  virtual Tensor features(const Tensor& waveforms) const = 0;
  /// As Network::feature_axes.
  virtual FeatureAxes axes() const { return {}; }
  /// Features -> [N, frames, bands, channels].
  virtual Variable map(const Variable& features) const = 0;
};

}  // namespace sonograd::models
