// CRNN: convolutions that reduce a log-mel map to a sequence, and a recurrent network that summarises it.
// Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017, as implemented
// for Won et al., "Evaluation of CNN-based automatic music tagging models", SMC 2020 (29 s at 16 kHz; ReLU, and dropout before
// the output alone).
#include "autograd/ops/copy.h"
#include "layers/conv_block.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/recurrent.h"
#include "models/backs/sequence.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

class Crnn final : public LogMelNetwork {
 public:
  struct Options : ConvOptions {
    Options() : ConvOptions{.front = {.samples = 464000}, .channels = 64, .dropout = 0.5} {}

    std::int64_t units = 32;
    std::int64_t layers = 2;

    void list(OptionList& all) {
      ConvOptions::list(all);
      all.add("units", units, {1, 4096}, "width of the recurrent layers");
      all.add("layers", layers, {1, 16}, "number of recurrent layers");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    const std::int64_t labels = options.read_sizes(weights, "layer1.conv.weight", "dense.weight");
    options.units = extent_of(weights, "layer5.weight_hh_l0", 1);
    options.layers = count_layers(weights, "layer5.weight_hh_l");
    return labels;
  }

  Crnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = spec_bn_.forward(features);      // [N, 1813, 96, 1]
    x = layer1_.forward(x);                       // [N, 906, 48, 64]
    x = layer2_.forward(x);                       // [N, 302, 16, 128]
    x = layer3_.forward(x);                       // [N, 75, 4, 128]
    x = layer4_.forward(x);                       // [N, 18, 1, 128]
    x = last_step(layer5_.forward(sequence(x)));  // [N, 18, 32] -> [N, 32]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.units)};
  }

 private:
  // [N, T, 1, C] -> [N, T, C].
  static Variable sequence(const Variable& x) {
    if (x.shape()[1] < 1 || x.shape()[2] != 1) {
      throw ShapeError(
          concat("[model] expected one position of frequency and at least one of time before the "
                 "recurrent layers, got ",
                 x.shape()[1], " x ", x.shape()[2], "; choose another model.samples or front_end.n_mels"));
    }
    return reshape(x, {x.shape()[0], x.shape()[1], x.shape()[3]});
  }

  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  layers::Part<layers::ConvBlock> layer1_{*this, "layer1", 1, c_, 2};
  layers::Part<layers::ConvBlock> layer2_{*this, "layer2", c_, 2 * c_, 3};
  layers::Part<layers::ConvBlock> layer3_{*this, "layer3", 2 * c_, 2 * c_, 4};
  layers::Part<layers::ConvBlock> layer4_{*this, "layer4", 2 * c_, 2 * c_, 4};
  layers::Part<layers::Gru> layer5_{*this, "layer5", 2 * c_, options_.units,
                                    layers::RecurrentOptions{.layers = options_.layers}};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", options_.units, labels()};
};

}  // namespace

Architecture crnn_architecture() {
  return architecture_of<Crnn>(
      {.name = "crnn",
       .summary = "4 convolutions and a 2-layer GRU on 29 s of log-mel (Choi et al. 2017)",
       .paper = "Choi, Fazekas, Sandler, Cho, \"Convolutional recurrent neural networks for music "
                "classification\", ICASSP 2017"});
}

}  // namespace sonograd::models
