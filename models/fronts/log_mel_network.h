// Base of the networks on log-mel maps, and the options that most of them have.
#pragma once

#include <string_view>

#include "layers/part.h"
#include "models/core/weights.h"
#include "models/fronts/log_mel.h"

namespace sonograd::models {

/// A network on the maps of a LogMelFront. Its first part, `spec`, computes them.
class LogMelNetwork : public Network {
 public:
  /// `front`: a LogMelFront, or one that is derived from it.
  template <class Front>
  LogMelNetwork(const Front& front, std::int64_t labels)
      : Network(front.input(), labels), axes_(front.axes()), spec_(*this, "spec", front.mel) {}

  Tensor features(const Tensor& waveforms) const final { return spec_.forward(waveforms); }
  FeatureAxes feature_axes() const final { return axes_; }

 private:
  FeatureAxes axes_;
  layers::Part<layers::LogMel> spec_;
};

/// Options of a network of convolutions whose widths keep their proportion. A network derives its `Options` from it and sets
/// the initial values.
struct ConvOptions {
  LogMelFront front;
  std::int64_t channels;  ///< width of the first block
  double dropout;

  void list(OptionList& all) {
    all.add("channels", channels, {1, 4096}, "width of the first block; the others keep their proportion");
    front.list(all);
    all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
  }

  /// Sets the sizes of the front end and `channels`, the rows of the weight `first`, and returns the number of labels, the rows
  /// of the weight `last`. Throws ModelError as `extent_of`.
  std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view first, std::string_view last) {
    front.read_sizes(weights);
    channels = extent_of(weights, first, 0);
    return extent_of(weights, last, 0);
  }
};

}  // namespace sonograd::models
