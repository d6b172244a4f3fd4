// choi_crnn: four convolutions and two recurrent layers on a log-mel map.
// Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017, where it is the CRNN
// among four structures of equal numbers of parameters.
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/taggers/choi_recurrent.h"

namespace sonograd::models {
namespace {

class ChoiCrnn final : public ChoiRecurrent {
 public:
  struct Options {
    LogMelFront front = choi_front();
    BudgetWidths<3> widths = {
        .table = {{{30, 60, 30}, {48, 96, 48}, {68, 137, 68}, {96, 195, 96}, {169, 339, 169}}},
        .multiples = {1, 2, 1}};
    double block_dropout = 0.1, dropout = 0;

    void list(OptionList& all) {
      widths.list(all);
      front.list(all);
      all.add("block_dropout", block_dropout, {0, 0.99}, "dropout behind every convolution");
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
    ChoiRecurrentSizes sizes() const {
      const auto [first, others, units] = widths.widths();
      return {first, others, units, block_dropout};
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.widths.read({extent_of(weights, "layer1.conv.weight", 0),
                         extent_of(weights, "layer2.conv.weight", 0),
                         extent_of(weights, "gru2.weight_hh", 1)});
    return extent_of(weights, "output.weight", 0);
  }

  ChoiCrnn(const Options& options, std::int64_t labels)
      : ChoiRecurrent(options.front, options.sizes(), labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable x = body(padded(features));  // [N, 1366, 96, 1] -> [N, 1440, 96, 1] -> [N, 96]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, output_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(units_)}; }

 private:
  Options options_;
  std::int64_t units_ = options_.sizes().units;
  layers::Part<layers::Dropout> dropout_{*this, "output_dropout", options_.dropout};
  layers::Part<layers::Linear> output_{*this, "output", units_, labels()};
};

}  // namespace

Architecture choi_crnn_architecture() {
  return architecture_of<ChoiCrnn>(
      {.name = "choi_crnn",
       .summary = "4 convolutions and 2 GRU layers on 29.1 s of log-mel, sizes by budget (Choi et al. 2017)",
       .paper = "Choi, Fazekas, Sandler, Cho, \"Convolutional recurrent neural networks for music "
                "classification\", ICASSP 2017"});
}

}  // namespace sonograd::models
