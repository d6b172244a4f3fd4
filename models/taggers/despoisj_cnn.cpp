// despoisj_cnn: four convolutions of 2x2 on a square picture of 2.56 s of sound.
// Despois, "DeepAudioClassification", GitHub, 2016, with the article "Finding the genre of a song with deep learning": the network that
// votes for the genre of a song slice by slice.
#include "autograd/ops/copy.h"
#include "layers/conv_unit.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/core/weights.h"
#include "models/fronts/sox_spectrogram.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kAllPoolings = 16;  // of both axes

// 2x2 with a zero behind each axis, ELU and maximum of 2x2.
layers::ConvUnitOptions<layers::Conv2d> two_by_two() {
  return {.kernel = 2,
          .conv = {.padding = {0, 1, 0, 1}},
          .norm = std::nullopt,
          .activation = layers::Activation::elu,
          .pool = 2};
}

class DespoisjCnn final : public Network {
 public:
  struct Options {
    SoxFront front;
    std::int64_t channels = 64, units = 1024;
    double dropout = 0.5;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 1024}, "width of the first convolution; each other doubles it");
      all.add("units", units, {1, 65536}, "width of the dense layer");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout behind the dense layer");
    }
    /// Positions that the poolings leave of an axis.
    std::int64_t columns() const { return front.columns() / kAllPoolings; }
    std::int64_t rows() const { return front.rows() / kAllPoolings; }
    /// Numbers before the dense layers. Throws ShapeError when the poolings leave none.
    std::int64_t inputs() const {
      if (columns() * rows() == 0)
        throw ShapeError(concat("[model] expected at least ", kAllPoolings, " columns and rows, got ",
                                front.columns(), " x ", front.rows()));
      return columns() * rows() * 8 * channels;
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    options.units = extent_of(weights, "dense1.weight", 0);
    const std::int64_t column = options.rows() * 8 * options.channels,
                       columns = column > 0 ? extent_of(weights, "dense1.weight", 1) / column : 0;
    if (columns != options.columns())
      options.front.samples = columns * kAllPoolings * options.front.spectra * options.front.hop_length;
    return extent_of(weights, "dense2.weight", 0);
  }

  DespoisjCnn(const Options& options, std::int64_t labels)
      : Network(options.front.input(), labels), options_(options) {}

  Tensor features(const Tensor& waveforms) const override { return spec_.forward(waveforms); }
  FeatureAxes feature_axes() const override { return options_.front.axes(); }

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = layer1_.forward(features);                         // [N, 128, 128, 1] -> [N, 64, 64, 64]
    x = layer2_.forward(x);                                         // [N, 32, 32, 128]
    x = layer3_.forward(x);                                         // [N, 16, 16, 256]
    x = layer4_.forward(x);                                         // [N, 8, 8, 512]
    x = elu(dense1_.forward(reshape(x, {x.shape()[0], inputs_})));  // [N, 1024]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense2_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.units)};
  }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, inputs_ = options_.inputs();
  layers::Part<SoxSpectrogram> spec_{*this, "spec", options_.front};
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, c_, two_by_two()};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", c_, 2 * c_, two_by_two()};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", 2 * c_, 4 * c_, two_by_two()};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", 4 * c_, 8 * c_, two_by_two()};
  layers::Part<layers::Linear> dense1_{*this, "dense1", inputs_, options_.units};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense2_{*this, "dense2", options_.units, labels()};
};

}  // namespace

Architecture despoisj_cnn_architecture() {
  return architecture_of<DespoisjCnn>(
      {.name = "despoisj_cnn",
       .summary = "4 convolutions of 2x2 on a picture of 2.56 s, slices of a song vote (Despois 2016)",
       .paper = "Despois, \"Finding the genre of a song with deep learning\", 2016"});
}

}  // namespace sonograd::models
