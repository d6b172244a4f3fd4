// The back end `pons`: the dense convolutions along time of Pons et al. 2018, behind the bands of a frame side by side.
#include "models/backs/back_kind.h"
#include "models/backs/pons_back_end.h"
#include "models/backs/sequence.h"

namespace sonograd::models {
namespace {

class PonsBack : public Back {
 public:
  struct Options : PonsBackOptions {
    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name) {
      return PonsBackOptions::read_sizes(weights, concat(name, ".convs"));
    }
  };

  PonsBack(const Options& options, const MapExtents& map, std::int64_t labels)
      : width_(options.units),
        frames_(checked_pons_frames(map.frames)),
        convs_(*this, "convs", map.bands * map.channels, options, labels) {}

  void forward(const Variable& map, Outputs& outputs) const override {
    convs_.forward(merged_bands(map), outputs);
  }
  std::int64_t width() const override { return width_; }
  std::vector<OutputInfo> outputs() const override { return convs_.outputs(frames_); }

 private:
  std::int64_t width_, frames_;
  layers::Part<PonsBackEnd> convs_;
};

}  // namespace

BackKind pons_back() {
  return back_kind_of<PonsBack>("pons", "convolutions over time alone", {"convs.conv1.conv.weight"});
}

}  // namespace sonograd::models
