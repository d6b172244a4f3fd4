// k2c1: a convolution over all bands and four frames, then convolutions over the sequence that it leaves.
// Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017, where it is one of four
// structures of equal numbers of parameters.
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/core/architecture.h"
#include "models/taggers/choi.h"

namespace sonograd::models {
namespace {

// 4 frames with TensorFlow's padding of even kernels, and the maximum of 4.
layers::ConvUnitOptions<layers::Conv1d> four_of_sequence() {
  return {.kernel = 4,
          .conv = {.pad_before = 1, .pad_after = 2},
          .norm = kKerasNorm,
          .activation = layers::Activation::elu,
          .pool = 4};
}

class K2c1 final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = choi_front();
    BudgetWidths<2> widths = {.table = {{{43, 87}, {72, 145}, {106, 212}, {152, 304}, {265, 535}}},
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
        {extent_of(weights, "layer1.conv.weight", 0), extent_of(weights, "layer4.conv.weight", 0)});
    options.front.mel.n_mels = extent_of(weights, "layer1.conv.weight", 2);
    return extent_of(weights, "output.weight", 0);
  }

  K2c1(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  // Extents with a budget of 1M.
  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = sequence(layer1_.forward(features));  // [N, 341, 1, 152] -> [N, 341, 152]
    x = layer2_.forward(x);                            // [N, 85, 152]
    x = layer3_.forward(x);                            // [N, 21, 152]
    x = layer4_.forward(x);                            // [N, 5, 304]
    x = flatten_single_frame(layer5_.forward(x));      // [N, 1, 304] -> [N, 304]
    x = dropout_.forward(elu(dense1_.forward(x)));     // [N, 304]
    x = elu(dense2_.forward(x));                       // [N, 304]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, output_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(b_)}; }

 private:
  // [N, T, 1, C] -> [N, T, C].
  static Variable sequence(const Variable& x) {
    return reshape(x, {x.shape()[0], x.shape()[1], x.shape()[3]});
  }

  Options options_;
  std::int64_t a_ = options_.widths.widths()[0], b_ = options_.widths.widths()[1];
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, a_,
                                           choi_block({4, 1}, {4, options_.front.mel.n_mels}, {1, 2, 0, 0})};
  layers::Part<layers::ConvUnit1d> layer2_{*this, "layer2", a_, a_, four_of_sequence()};
  layers::Part<layers::ConvUnit1d> layer3_{*this, "layer3", a_, a_, four_of_sequence()};
  layers::Part<layers::ConvUnit1d> layer4_{*this, "layer4", a_, b_, four_of_sequence()};
  layers::Part<layers::ConvUnit1d> layer5_{*this, "layer5", b_, b_, four_of_sequence()};
  layers::Part<layers::Linear> dense1_{*this, "dense1", b_, b_};
  layers::Part<layers::Linear> dense2_{*this, "dense2", b_, b_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> output_{*this, "output", b_, labels()};
};

}  // namespace

Architecture k2c1_architecture() {
  return architecture_of<K2c1>(
      {.name = "k2c1",
       .summary = "a convolution over all bands, 4 over time, sizes by budget (Choi et al. 2017)",
       .paper = "Choi, Fazekas, Sandler, Cho, \"Convolutional recurrent neural networks for music "
                "classification\", ICASSP 2017"});
}

}  // namespace sonograd::models
