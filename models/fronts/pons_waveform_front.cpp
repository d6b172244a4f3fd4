// The front end `pons_waveform`: the convolutions of Pons et al. 2018 on samples, with the channels as the bands of a map
// [N, frames, 4 c, 1].
#include "models/core/weights.h"
#include "models/fronts/pons_waveform.h"
#include "models/fronts/waveform_maps.h"

namespace sonograd::models {
namespace {

class PonsWaveformMaps : public WaveformMaps {
 public:
  struct Options {
    RawWaveform front;
    std::int64_t layers = 7, channels = 64;

    void list(OptionList& all) {
      front.list(all);
      all.add("pons_layers", layers, {5, 12}, "convolutions, each of which divides the time by 3");
      all.add("pons_channels", channels, {1, 1024},
              "width of the first three convolutions; the last one has 4 times as many, the others 2");
    }
    Input input() const { return front.input(PonsWaveformFront::first("model.pons_channels", channels)); }
    MapExtents map() const {
      return checked_map(PonsWaveformFront::frames(layers, front.samples), 4 * channels);
    }
    void read_sizes(const io::NamedTensors& weights, std::string_view name) {
      channels = extent_of(weights, concat(name, ".convs.conv0.conv.weight"), 0);
      layers = count_layers(weights, concat(name, ".convs.conv"), ".conv.weight");
    }
  };

  explicit PonsWaveformMaps(const Options& options)
      : convs_(*this, "convs", options.layers, options.channels) {}

 protected:
  Variable sequence(const Variable& samples) const override { return convs_.forward(samples); }

 private:
  layers::Part<PonsWaveformFront> convs_;
};

}  // namespace

FrontKind pons_waveform_front() {
  return front_kind_of<PonsWaveformMaps>("pons_waveform", "convolutions of Pons et al. on samples",
                                         {"convs.conv0.conv.weight"});
}

}  // namespace sonograd::models
