// The waveform network of Pons et al.: convolutions of 3 samples that divide the time by 3 each, and a residual back end.
// Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018, as in their
// code for TensorFlow 1, of which no weights are published: the names are ours. The code has seven layers; the paper uses nine.
#include "models/fronts/pons_waveform.h"

#include "models/backs/pons_back_end.h"
#include "models/core/architecture.h"
#include "models/core/weights.h"
#include "models/fronts/waveform_network.h"

namespace sonograd::models {
namespace {

class PonsWaveform final : public WaveformNetwork {
 public:
  struct Options {
    RawWaveform front = {.samples = 240000};
    std::int64_t layers = 7;
    std::int64_t channels = 64;
    PonsBackOptions back;

    void list(OptionList& all) {
      all.add("layers", layers, {5, 12}, "convolutions of the front end");
      all.add("channels", channels, {1, 1024},
              "width of the first three convolutions; the last one has 4 times as many, the others 2");
      front.list(all);
      back.list(all);
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.channels = extent_of(weights, "front.conv0.conv.weight", 0);
    options.layers = count_layers(weights, "front.conv", ".conv.weight");
    return options.back.read_sizes(weights);
  }

  PonsWaveform(const Options& options, std::int64_t labels)
      : WaveformNetwork(options.front, PonsWaveformFront::first("model.channels", options.channels), labels),
        options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable x = front_.forward(features);  // [N, 108, 256]
    outputs.set("front", x);
    back_.forward(x, outputs);
  }

  std::vector<OutputInfo> outputs() const override {
    std::vector<OutputInfo> all = {logits_info(),
                                   penultimate_info(options_.back.units),
                                   {"front", {frames_, features_}, "output of the front end"}};
    for (OutputInfo& output : back_.outputs(frames_)) all.push_back(std::move(output));
    return all;
  }

 private:
  Options options_;
  std::int64_t features_ = 4 * options_.channels;
  layers::Part<PonsWaveformFront> front_{*this, "front", options_.layers, options_.channels};
  std::int64_t frames_ = checked_pons_frames(front_.frames(options_.front.samples));
  layers::Part<PonsBackEnd> back_{*this, "back", features_, options_.back, labels()};
};

}  // namespace

Architecture pons_waveform_architecture() {
  return architecture_of<PonsWaveform>(
      {.name = "pons_waveform",
       .summary = "convolutions of 3 samples on 15 s of sound, residual back end (Pons et al. 2018)",
       .paper =
           "Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, \"End-to-end learning for music audio tagging at "
           "scale\", ISMIR 2018"});
}

}  // namespace sonograd::models
