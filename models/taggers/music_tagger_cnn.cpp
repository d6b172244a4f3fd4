// music_tagger_cnn: five blocks of 3x3 convolutions on 29.1 s of log-mel at 12 kHz, with a norm at the input.
// Choi, "music-auto_tagging-keras", 2016, after Choi, Fazekas, Sandler, "Automatic tagging using deep convolutional neural networks",
// ISMIR 2016. Code and shipped weights disagree about widths and about the axis of the first norm: both are options.
#include <array>

#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/core/architecture.h"
#include "models/fronts/axis_norm.h"
#include "models/taggers/choi.h"

namespace sonograd::models {
namespace {

using Widths = std::array<std::int64_t, 5>;

enum class WidthTable : std::uint8_t { code, weights };
constexpr Widths kCode = {2, 4, 4, 4, 2}, kWeights = {1, 4, 4, 6, 8};

Widths multiples_of(std::int64_t channels, WidthTable table) {
  Widths widths = table == WidthTable::code ? kCode : kWeights;
  for (std::int64_t& width : widths) width *= channels;
  return widths;
}

class MusicTaggerCnn final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = squared_power_front();
    WidthTable table = WidthTable::weights;
    std::int64_t channels = 32;
    NormAxis norm_axis = NormAxis::time;
    double dropout = 0;

    void list(OptionList& all) {
      all.add("widths", table, {{"code", WidthTable::code}, {"weights", WidthTable::weights}},
              "2, 4, 4, 4, 2 times the channels as in the published code, or 1, 4, 4, 6, 8 times as in its "
              "weights");
      all.add("channels", channels, {1, 1024}, "number of which the widths of the blocks are multiples");
      add_norm_axis(all, norm_axis);
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
    std::int64_t norm_positions() const {
      return norm_axis == NormAxis::frequency ? front.mel.n_mels : front.frames();
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    const std::int64_t first = extent_of(weights, "layer1.conv.weight", 0);
    options.table =
        extent_of(weights, "layer2.conv.weight", 0) == 2 * first ? WidthTable::code : WidthTable::weights;
    options.channels = first / (options.table == WidthTable::code ? 2 : 1);
    read_norm_axis(weights, "input_bn", options);
    return extent_of(weights, "dense.weight", 0);
  }

  MusicTaggerCnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = input_bn_.forward(features);  // [N, 1366, 96, 1]
    x = layer1_.forward(x);                    // [N, 341, 48, 32]
    x = layer2_.forward(x);                    // [N, 85, 24, 128]
    x = layer3_.forward(x);                    // [N, 21, 12, 128]
    x = layer4_.forward(x);                    // [N, 4, 4, 192]
    x = flatten_single(layer5_.forward(x));    // [N, 256]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(w_[4])}; }

 private:
  Options options_;
  Widths w_ = multiples_of(options_.channels, options_.table);
  layers::Part<AxisNorm> input_bn_{*this, "input_bn", options_.norm_axis, options_.norm_positions(),
                                   kKerasNorm};
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, w_[0], choi_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", w_[0], w_[1], choi_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", w_[1], w_[2], choi_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", w_[2], w_[3], choi_block({5, 3})};
  layers::Part<layers::ConvUnit2d> layer5_{*this, "layer5", w_[3], w_[4], choi_block({4, 4})};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", w_[4], labels()};
};

}  // namespace

Architecture music_tagger_cnn_architecture() {
  return architecture_of<MusicTaggerCnn>(
      {.name = "music_tagger_cnn",
       .summary = "5 convolutions on 29.1 s of log-mel at 12 kHz, a norm for every frame (Choi 2016)",
       .paper =
           "Choi, \"music-auto_tagging-keras\", 2016; Choi, Fazekas, Sandler, \"Automatic tagging using deep "
           "convolutional neural networks\", ISMIR 2016"});
}

}  // namespace sonograd::models
