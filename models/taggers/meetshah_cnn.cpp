// meetshah_cnn: music_tagger_cnn with ReLU and dropout behind every block, for ten genres.
// Meet Shah, "crnn-music-genre-classification", GitHub, 2017. Its code computes the norm at the input, and goes on without it: an option.
#include <optional>

#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/core/architecture.h"
#include "models/fronts/axis_norm.h"
#include "models/taggers/meetshah.h"

namespace sonograd::models {
namespace {

enum class InputNorm : std::uint8_t { frames, none };

class MeetshahCnn final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = squared_power_front();
    std::int64_t channels = 32;
    InputNorm input_norm = InputNorm::frames;
    double block_dropout = 0.5, dropout = 0.5;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 1024},
              "width of the first block; the others have 4, 4, 6 and 8 times as many");
      all.add("input_norm", input_norm, {{"frames", InputNorm::frames}, {"none", InputNorm::none}},
              "norm at the input, with a scale for every frame; none: as the published code computes");
      front.list(all);
      all.add("block_dropout", block_dropout, {0, 0.99}, "dropout behind every block but the last");
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    if (weights.find("frame_bn.weight") == nullptr && weights.find("frame_bn.bias") == nullptr) {
      options.input_norm = InputNorm::none;
    } else if (extent_of(weights, "frame_bn.weight", 0) != options.front.frames()) {
      options.front.samples = (extent_of(weights, "frame_bn.weight", 0) - 1) * options.front.mel.hop_length;
    }
    return extent_of(weights, "dense.weight", 0);
  }

  MeetshahCnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {
    if (options.input_norm == InputNorm::frames)
      frame_bn_.emplace(*this, "frame_bn", NormAxis::time, options.front.frames(), kKerasNorm);
  }

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = frame_bn_ ? frame_bn_->forward(features) : features;  // [N, 1366, 96, 1]
    x = block_dropout_.forward(layer1_.forward(x));                    // [N, 341, 48, 32]
    x = block_dropout_.forward(layer2_.forward(x));                    // [N, 85, 24, 128]
    x = block_dropout_.forward(layer3_.forward(x));                    // [N, 21, 12, 128]
    x = block_dropout_.forward(layer4_.forward(x));                    // [N, 4, 4, 192]
    x = flatten_single(layer5_.forward(x));                            // [N, 256]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(8 * c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, c_, meetshah_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", c_, 4 * c_, meetshah_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", 4 * c_, 4 * c_, meetshah_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", 4 * c_, 6 * c_, meetshah_block({5, 3})};
  layers::Part<layers::ConvUnit2d> layer5_{*this, "layer5", 6 * c_, 8 * c_, meetshah_block({4, 4})};
  layers::Part<layers::Dropout> block_dropout_{*this, "block_dropout", options_.block_dropout};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", 8 * c_, labels()};
  std::optional<layers::Part<AxisNorm>> frame_bn_;
};

}  // namespace

Architecture meetshah_cnn_architecture() {
  return architecture_of<MeetshahCnn>(
      {.name = "meetshah_cnn",
       .summary = "music_tagger_cnn with ReLU and dropout behind every block, for genres (Meet Shah 2017)",
       .paper = "Meet Shah, \"crnn-music-genre-classification\", GitHub, 2017"});
}

}  // namespace sonograd::models
