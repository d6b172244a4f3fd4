// The front end `musicnn`: the features of its filters on log-mel, timbral ones first, as the bands of a map [N, frames, 11 n, 1].
#include "autograd/ops/copy.h"
#include "models/core/weights.h"
#include "models/fronts/log_mel_maps.h"
#include "models/fronts/musicnn_filters.h"

namespace sonograd::models {
namespace {

class MusicnnMaps : public LogMelMaps {
 public:
  struct Options : LogMelMapOptions {
    std::int64_t filters = 51;

    void list(OptionList& all) {
      LogMelMapOptions::list(all);
      all.add("musicnn_filters", filters, {1, 1024},
              "filters of each length over time, a quarter of those of each height");
    }
    MapExtents map() const {
      const std::int64_t features = MusicnnFilters::timbral(filters) + MusicnnFilters::temporal(filters);
      return {front.frames(), features, 1};
    }
    void read_sizes(const io::NamedTensors& weights, std::string_view name) {
      LogMelMapOptions::read_sizes(weights, name);
      filters = extent_of(weights, concat(name, ".long.conv.weight"), 0);
    }
  };

  explicit MusicnnMaps(const Options& options)
      : LogMelMaps(options.front, "input_bn"),
        filters_(*this, {"tall", "short", "long", "medium", "brief"}, options.filters,
                 options.front.mel.n_mels) {}

  Variable map(const Variable& features) const override {
    const MusicnnFilters::Features found = filters_.forward(normalised(features));
    const Variable all = concat({found.timbral, found.temporal}, 2);
    return reshape(all, {all.shape()[0], all.shape()[1], all.shape()[2], 1});
  }

 private:
  MusicnnFilters filters_;
};

}  // namespace

FrontKind musicnn_front() {
  return front_kind_of<MusicnnMaps>("musicnn", "tall and long filters of musicnn", {"long.conv.weight"});
}

}  // namespace sonograd::models
