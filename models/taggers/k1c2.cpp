// k1c2: convolutions along time alone, of every band by itself with the same weights, and dense layers over all bands.
// Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017, where it is one of four
// structures of equal numbers of parameters.
#include "autograd/ops/pointwise.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/core/architecture.h"
#include "models/taggers/choi.h"

namespace sonograd::models {
namespace {

// 4 frames of one band; TensorFlow's padding of even kernels.
layers::ConvUnitOptions<layers::Conv2d> four_frames(std::int64_t pool) {
  return choi_block({pool, 1}, {4, 1}, {1, 2, 0, 0});
}

class K1c2 final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = choi_front();
    BudgetWidths<2> widths = {.table = {{{15, 30}, {23, 47}, {33, 66}, {47, 95}, {81, 163}}},
                              .multiples = {1, 2}};
    double dropout = 0.5;

    void list(OptionList& all) {
      widths.list(all);
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout behind the dense layers");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.widths.read(
        {extent_of(weights, "layer1.conv.weight", 0), extent_of(weights, "layer3.conv.weight", 0)});
    options.front.mel.n_mels =
        extent_of(weights, "dense1.weight", 1) / extent_of(weights, "dense1.weight", 0);
    return extent_of(weights, "output.weight", 0);
  }

  K1c2(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  // Extents with a budget of 1M.
  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = layer1_.forward(features);         // [N, 341, 96, 47]
    x = layer2_.forward(x);                         // [N, 68, 96, 47]
    x = layer3_.forward(x);                         // [N, 8, 96, 95]
    x = flatten_single_frame(layer4_.forward(x));   // [N, 1, 96, 95] -> [N, 9120]
    x = dropout_.forward(elu(dense1_.forward(x)));  // [N, 95]
    x = elu(dense2_.forward(x));                    // [N, 95]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, output_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(b_)}; }

 private:
  Options options_;
  std::int64_t a_ = options_.widths.widths()[0], b_ = options_.widths.widths()[1];
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, a_, four_frames(4)};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", a_, a_, four_frames(5)};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", a_, b_, four_frames(8)};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", b_, b_, four_frames(8)};
  layers::Part<layers::Linear> dense1_{*this, "dense1", options_.front.mel.n_mels* b_, b_};
  layers::Part<layers::Linear> dense2_{*this, "dense2", b_, b_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> output_{*this, "output", b_, labels()};
};

}  // namespace

Architecture k1c2_architecture() {
  return architecture_of<K1c2>(
      {.name = "k1c2",
       .summary = "4 convolutions along time, bands apart, sizes by budget (Choi et al. 2017)",
       .paper = "Choi, Fazekas, Sandler, Cho, \"Convolutional recurrent neural networks for music "
                "classification\", ICASSP 2017"});
}

}  // namespace sonograd::models
