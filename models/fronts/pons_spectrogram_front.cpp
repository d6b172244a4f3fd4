// The front end `pons_spectrogram`: the features of the filters of Pons et al. 2018 on log-mel as the bands of a map
// [N, frames, 29 n, 1]. Unlike the published network, it normalises the log-mel map first, whatever its scale.
#include "autograd/ops/copy.h"
#include "models/core/weights.h"
#include "models/fronts/log_mel_maps.h"
#include "models/fronts/pons_spectrogram.h"

namespace sonograd::models {
namespace {

class PonsSpectrogramMaps : public LogMelMaps {
 public:
  struct Options : LogMelMapOptions {
    std::int64_t filters = 16;

    void list(OptionList& all) {
      LogMelMapOptions::list(all);
      all.add("pons_filters", filters, {1, 512},
              "narrowest filters; the others are 2, 4 and 8 times as many");
    }
    MapExtents map() const { return {front.frames(), PonsSpectrogramFront::features(filters), 1}; }
    void read_sizes(const io::NamedTensors& weights, std::string_view name) {
      LogMelMapOptions::read_sizes(weights, name);
      filters = extent_of(weights, concat(name, ".filters.timbral1.conv.weight"), 0);
    }
  };

  explicit PonsSpectrogramMaps(const Options& options)
      : LogMelMaps(options.front, "input_bn"),
        filters_(*this, "filters", options.front.mel.n_mels, options.filters) {}

  Variable map(const Variable& features) const override {
    const Variable found = filters_.forward(normalised(features));
    return reshape(found, {found.shape()[0], found.shape()[1], found.shape()[2], 1});
  }

 private:
  layers::Part<PonsSpectrogramFront> filters_;
};

}  // namespace

FrontKind pons_spectrogram_front() {
  return front_kind_of<PonsSpectrogramMaps>("pons_spectrogram", "timbral and temporal filters of Pons et al.",
                                            {"filters.timbral1.conv.weight"});
}

}  // namespace sonograd::models
