// A network of any front end before any back end, each with its options: `model.front`, `model.back`. For comparisons such as those
// of Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018.
#include "models/backs/back_choice.h"
#include "models/core/architecture.h"
#include "models/fronts/front_choice.h"

namespace sonograd::models {
namespace {

class Combined final : public Network {
 public:
  struct Options {
    FrontChoice front;
    BackChoice back;

    void list(OptionList& all) {
      front.list(all);
      back.list(all);
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights, "front");
    return options.back.read_sizes(weights, "back");
  }
  static std::vector<OpenOption> open_options(const Options& options) { return options.back.open_options(); }

  Combined(const Options& options, std::int64_t labels)
      : Network(options.front.input(), labels),
        map_(options.front.map()),
        front_(options.front.make(*this, "front")),
        back_(options.back.make(*this, "back", map_, labels)) {}

  Tensor features(const Tensor& waveforms) const override { return front_->features(waveforms); }
  FeatureAxes feature_axes() const override { return front_->axes(); }

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable map = front_->map(features);
    outputs.set("front", map);
    back_->forward(map, outputs);
  }

  std::vector<OutputInfo> outputs() const override {
    std::vector<OutputInfo> all = {
        logits_info(),
        penultimate_info(back_->width()),
        {"front", {map_.frames, map_.bands, map_.channels}, "map behind the front end"}};
    for (OutputInfo& output : back_->outputs()) all.push_back(std::move(output));
    return all;
  }

 private:
  MapExtents map_;
  std::unique_ptr<const Front> front_;
  std::unique_ptr<const Back> back_;
};

}  // namespace

Architecture combined_architecture() {
  return architecture_of<Combined>(
      {.name = "combined",
       .summary = "any front end before any back end: model.front, model.back, model.non_local",
       .paper = "Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, \"End-to-end learning for music audio tagging "
                "at scale\", ISMIR 2018, which compares two front ends before one back end"});
}

}  // namespace sonograd::models
