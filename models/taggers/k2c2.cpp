// k2c2: five blocks of 3x3 convolutions on a log-mel map, up to one position.
// Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017, where it is one of four
// structures of equal numbers of parameters.
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/core/architecture.h"
#include "models/taggers/choi.h"

namespace sonograd::models {
namespace {

class K2c2 final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = choi_front();
    BudgetWidths<5> widths = {.table = {{{20, 41, 41, 62, 83},
                                         {33, 66, 66, 100, 133},
                                         {47, 95, 95, 142, 190},
                                         {67, 135, 135, 203, 271},
                                         {118, 236, 236, 355, 473}}},
                              .multiples = {1, 2, 2, 3, 4}};
    double dropout = 0;

    void list(OptionList& all) {
      widths.list(all);
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.widths.read(
        {extent_of(weights, "layer1.conv.weight", 0), extent_of(weights, "layer2.conv.weight", 0),
         extent_of(weights, "layer3.conv.weight", 0), extent_of(weights, "layer4.conv.weight", 0),
         extent_of(weights, "layer5.conv.weight", 0)});
    return extent_of(weights, "output.weight", 0);
  }

  K2c2(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  // Extents with a budget of 1M.
  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = layer1_.forward(features);  // [N, 341, 48, 67]
    x = layer2_.forward(x);                  // [N, 85, 24, 135]
    x = layer3_.forward(x);                  // [N, 21, 12, 135]
    x = layer4_.forward(x);                  // [N, 4, 4, 203]
    x = flatten_single(layer5_.forward(x));  // [N, 271]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, output_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(w_[4])}; }

 private:
  Options options_;
  std::array<std::int64_t, 5> w_ = options_.widths.widths();
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, w_[0], choi_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", w_[0], w_[1], choi_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", w_[1], w_[2], choi_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", w_[2], w_[3], choi_block({5, 3})};
  layers::Part<layers::ConvUnit2d> layer5_{*this, "layer5", w_[3], w_[4], choi_block({4, 4})};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> output_{*this, "output", w_[4], labels()};
};

}  // namespace

Architecture k2c2_architecture() {
  return architecture_of<K2c2>(
      {.name = "k2c2",
       .summary = "5 convolutions of 3x3 on 29.1 s of log-mel, sizes by budget (Choi et al. 2017)",
       .paper = "Choi, Fazekas, Sandler, Cho, \"Convolutional recurrent neural networks for music "
                "classification\", ICASSP 2017"});
}

}  // namespace sonograd::models
