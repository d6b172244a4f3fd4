// Base of the front ends that begin with log-mel maps.
#pragma once

#include "layers/norm.h"
#include "models/fronts/front_kind.h"
#include "models/fronts/log_mel.h"

namespace sonograd::models {

/// Options of a front end that gives the log-mel maps themselves.
struct LogMelMapOptions {
  LogMelFront front = {.mel = {.n_mels = 128}};

  void list(OptionList& all) { front.list(all); }
  Input input() const { return front.input(); }
  MapExtents map() const { return {front.frames(), front.mel.n_mels, 1}; }
  void read_sizes(const io::NamedTensors& weights, std::string_view name) {
    front.read_sizes(weights, concat(name, ".spec"));
  }
};

/// A front end whose features are log-mel maps. Its first part is `spec`.
class LogMelFeatures : public Front {
 public:
  explicit LogMelFeatures(const LogMelFront& front) : axes_(front.axes()), spec_(*this, "spec", front.mel) {}

  /// [N, frames, bands, 1].
  Tensor features(const Tensor& waveforms) const final { return spec_.forward(waveforms); }
  FeatureAxes axes() const final { return axes_; }

 private:
  FeatureAxes axes_;
  layers::Part<layers::LogMel> spec_;
};

/// Log-mel maps and one norm for all of their bands. Parts: spec, and the norm.
class LogMelMaps : public LogMelFeatures {
 public:
  LogMelMaps(const LogMelFront& front, std::string_view norm)
      : LogMelFeatures(front), norm_(*this, norm, 1) {}

 protected:
  Variable normalised(const Variable& features) const { return norm_.forward(features); }

 private:
  layers::Part<layers::BatchNorm> norm_;
};

}  // namespace sonograd::models
