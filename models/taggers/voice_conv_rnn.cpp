// voice_conv_rnn: four convolutions without pooling, and two recurrent layers: a decision for every frame of 10 s.
// Choi, Fazekas, Cho, Sandler, "A tutorial on deep learning for music information retrieval", arXiv:1709.04396, 2017, example 5-1.
#include "layers/dropout.h"
#include "layers/keras_lstm.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/taggers/voice.h"

namespace sonograd::models {
namespace {

// Convolution that keeps the extents, norm and ReLU.
layers::ConvUnitOptions<layers::Conv2d> voice_block(std::int64_t kernel) {
  return {.kernel = kernel, .norm = kKerasNorm};
}

class VoiceConvRnn final : public VoiceNetwork {
 public:
  struct Options {
    LogMelFront front = voice_front();
    std::int64_t channels = 32, units = 25;
    double dropout = 0;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of two convolutions; the third has half of it");
      all.add("lstm_units", units, {1, 4096}, "width of the recurrent layers");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    options.front.mel.n_mels = extent_of(weights, "lstm1.weight_ih", 1);
    options.units = extent_of(weights, "lstm2.weight_hh", 1);
    return extent_of(weights, "dense.weight", 0);
  }

  VoiceConvRnn(const Options& options, std::int64_t labels)
      : VoiceNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = layer1_.forward(frames_of(features));  // [N, 625, 40, 32]
    x = layer2_.forward(x);                             // [N, 625, 40, 32]
    x = layer3_.forward(x);                             // [N, 625, 40, 16]
    x = layer4_.forward(x);                             // [N, 625, 40, 1]
    x = lstm1_.forward(merged_bands(x));                // [N, 625, 25]
    x = lstm2_.forward(x);
    set_steps(dense_.forward(dropout_.forward(x)), outputs);
  }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, half_ = std::max<std::int64_t>(1, c_ / 2), units_ = options_.units;
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, c_, voice_block(3)};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", c_, c_, voice_block(3)};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", c_, half_, voice_block(3)};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", half_, 1, voice_block(1)};
  layers::Part<layers::KerasLstm> lstm1_{*this, "lstm1", options_.front.mel.n_mels, units_};
  layers::Part<layers::KerasLstm> lstm2_{*this, "lstm2", units_, units_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", units_, labels()};
};

}  // namespace

Architecture voice_conv_rnn_architecture() {
  return architecture_of<VoiceConvRnn>(
      {.name = "voice_conv_rnn",
       .summary = "4 convolutions and 2 LSTM layers, singing in every frame of 10 s (Choi et al. 2017)",
       .paper = "Choi, Fazekas, Cho, Sandler, \"A tutorial on deep learning for music information "
                "retrieval\", arXiv:1709.04396, 2017"});
}

}  // namespace sonograd::models
