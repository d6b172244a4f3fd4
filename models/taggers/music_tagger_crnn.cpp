// music_tagger_crnn: a norm for every frame, four convolutions and two recurrent layers on 29.1 s of log-mel at 12 kHz.
// Choi, "music-auto_tagging-keras", 2016, the small form of Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for
// music classification", ICASSP 2017. Code and shipped weights disagree about the axis of the first norm: an option.
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/fronts/axis_norm.h"
#include "models/taggers/choi_recurrent.h"

namespace sonograd::models {
namespace {

class MusicTaggerCrnn final : public ChoiRecurrent {
 public:
  struct Options {
    LogMelFront front = squared_power_front();
    std::int64_t channels = 64, units = 32;
    NormAxis norm_axis = NormAxis::time;
    double block_dropout = 0.1, dropout = 0.3;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 1024}, "width of the first block; the others have twice as many");
      all.add("gru_units", units, {1, 4096}, "width of the recurrent layers");
      add_norm_axis(all, norm_axis);
      front.list(all);
      all.add("block_dropout", block_dropout, {0, 0.99}, "dropout behind every convolution");
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
    std::int64_t norm_positions() const {
      return norm_axis == NormAxis::frequency ? front.mel.n_mels : padded_frames(front.frames());
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    options.units = extent_of(weights, "gru2.weight_hh", 1);
    read_norm_axis(weights, "input_bn", options);
    return extent_of(weights, "dense.weight", 0);
  }

  MusicTaggerCrnn(const Options& options, std::int64_t labels)
      : ChoiRecurrent(options.front,
                      {.first = options.channels,
                       .others = 2 * options.channels,
                       .units = options.units,
                       .block_dropout = options.block_dropout},
                      labels),
        options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable x =
        body(input_bn_.forward(padded(features)));  // [N, 1366, 96, 1] -> [N, 1440, 96, 1] -> [N, 32]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.units)};
  }

 private:
  Options options_;
  layers::Part<AxisNorm> input_bn_{*this, "input_bn", options_.norm_axis, options_.norm_positions(),
                                   kKerasNorm};
  layers::Part<layers::Dropout> dropout_{*this, "output_dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", options_.units, labels()};
};

}  // namespace

Architecture music_tagger_crnn_architecture() {
  return architecture_of<MusicTaggerCrnn>({.name = "music_tagger_crnn",
                                           .summary = "4 convolutions and 2 GRU layers on 29.1 s of log-mel "
                                                      "at 12 kHz, a norm for every frame (Choi 2016)",
                                           .paper = "Choi, \"music-auto_tagging-keras\", 2016; Choi, "
                                                    "Fazekas, Sandler, Cho, \"Convolutional recurrent neural "
                                                    "networks for music classification\", ICASSP 2017"});
}

}  // namespace sonograd::models
