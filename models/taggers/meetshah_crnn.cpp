// meetshah_crnn: music_tagger_crnn with ReLU, and 30 recurrent layers in place of two, for ten genres.
// Meet Shah, "crnn-music-genre-classification", GitHub, 2017. The number of layers in each of its two stacks is that of the steps, 15,
// taken for the depth: an option.
#include <memory>
#include <vector>

#include "layers/dropout.h"
#include "layers/keras_gru.h"
#include "layers/linear.h"
#include "layers/trace.h"
#include "models/backs/sequence.h"
#include "models/core/architecture.h"
#include "models/fronts/axis_norm.h"
#include "models/taggers/choi_recurrent.h"
#include "models/taggers/meetshah.h"

namespace sonograd::models {
namespace {

// The GRU of TensorFlow 1: as that of Keras 1, with logistic gates, whose bias begins at 1.
constexpr layers::KerasGruOptions kTensorFlowGru = {.gates = layers::Activation::sigmoid, .gate_bias = 1};

/// Recurrent layers under the names 0, 1, …: [N, T, in] -> [N, T, units].
class GruStack : public layers::Layer {
 public:
  GruStack(std::int64_t depth, std::int64_t in, std::int64_t units) {
    using Cell = layers::Part<layers::KerasGru>;
    for (std::int64_t i = 0; i < depth; ++i)
      cells_.push_back(
          std::make_unique<Cell>(*this, std::to_string(i), i == 0 ? in : units, units, kTensorFlowGru));
  }
  Variable forward(const Variable& x) const override {
    layers::TraceScope trace(*this, cells_.size(), " layers of GRU");
    Variable y = x;
    for (const auto& cell : cells_) y = cell->forward(y);
    return trace.output(y);
  }

 private:
  std::vector<std::unique_ptr<layers::Part<layers::KerasGru>>> cells_;
};

class MeetshahCrnn final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = squared_power_front();
    std::int64_t channels = 64, units = 32, layers = 15;
    double block_dropout = 0.5, dropout = 0.3;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 1024}, "width of the first block; the others have twice as many");
      all.add("gru_units", units, {1, 4096}, "width of the recurrent layers");
      all.add("gru_layers", layers, {1, 64}, "recurrent layers of each of the two stacks");
      front.list(all);
      all.add("block_dropout", block_dropout, {0, 0.99}, "dropout behind every convolution");
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
    std::int64_t norm_positions() const { return padded_frames(front.frames()); }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    options.units = extent_of(weights, "gru2.0.weight_hh", 1);
    options.layers = count_layers(weights, "gru2.", ".weight_hh");
    const std::int64_t positions = extent_of(weights, "frame_bn.weight", 0);
    if (options.norm_positions() != positions)
      options.front.samples = (positions - 1) * options.front.mel.hop_length;
    return extent_of(weights, "dense.weight", 0);
  }

  MeetshahCrnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = padded_to_multiple(features, 1, kChoiPoolings);        // [N, 1440, 96, 1]
    x = block_dropout_.forward(layer1_.forward(frame_bn_.forward(x)));  // [N, 720, 48, 64]
    x = block_dropout_.forward(layer2_.forward(x));                     // [N, 240, 16, 128]
    x = block_dropout_.forward(layer3_.forward(x));                     // [N, 60, 4, 128]
    x = block_dropout_.forward(layer4_.forward(x));                     // [N, 15, 1, 128]
    x = last_step(gru2_.forward(gru1_.forward(merged_bands(x))));       // [N, 32]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.units)};
  }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, units_ = options_.units;
  layers::Part<AxisNorm> frame_bn_{*this, "frame_bn", NormAxis::time, options_.norm_positions(), kKerasNorm};
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, c_, meetshah_block(2)};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", c_, 2 * c_, meetshah_block(3)};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", 2 * c_, 2 * c_, meetshah_block(4)};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", 2 * c_, 2 * c_, meetshah_block(4)};
  layers::Part<layers::Dropout> block_dropout_{*this, "block_dropout", options_.block_dropout};
  layers::Part<GruStack> gru1_{*this, "gru1", options_.layers,
                               options_.front.mel.n_mels / kChoiPoolings * 2 * c_, units_};
  layers::Part<GruStack> gru2_{*this, "gru2", options_.layers, units_, units_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", units_, labels()};
};

}  // namespace

Architecture meetshah_crnn_architecture() {
  return architecture_of<MeetshahCrnn>(
      {.name = "meetshah_crnn",
       .summary = "music_tagger_crnn with ReLU and 30 GRU layers, for genres (Meet Shah 2017)",
       .paper = "Meet Shah, \"crnn-music-genre-classification\", GitHub, 2017"});
}

}  // namespace sonograd::models
