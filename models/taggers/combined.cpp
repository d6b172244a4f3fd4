// A network of any front end before any back end, each with its options: `model.front`, `model.back`. For comparisons such as those
// of Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018.
#include "models/backs/any_back.h"
#include "models/core/architecture.h"
#include "models/fronts/any_front.h"

namespace sonograd::models {
namespace {

class Combined final : public Network {
 public:
  struct Options {
    AnyFront front;
    AnyBack back;

    void list(OptionList& all) {
      front.list(all);
      back.list(all);
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights, "front");
    return options.back.read_sizes(weights, "back");
  }

  Combined(const Options& options, std::int64_t labels)
      : Network(options.front.input(), labels),
        front_(options.front.make(*this, "front")),
        back_(options.back.make(*this, "back", options.front.map(), labels)) {}

  Tensor features(const Tensor& waveforms) const override { return front_->features(waveforms); }

  void forward(const Variable& features, Outputs& outputs) const override {
    back_->forward(front_->map(features), outputs);
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(back_->width())};
  }

 private:
  std::unique_ptr<const Front> front_;
  std::unique_ptr<const Back> back_;
};

}  // namespace

Architecture combined_architecture() {
  return architecture_of<Combined>(
      {.name = "combined",
       .summary = "any front end before any back end: model.front, model.back",
       .paper = "Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, \"End-to-end learning for music audio tagging "
                "at scale\", ISMIR 2018, which compares two front ends before one back end"});
}

}  // namespace sonograd::models
