// compact_cnn: five blocks of 32 channels, and one vector of the features of all blocks.
// Choi, Fazekas, Sandler, Cho, "Transfer learning for music classification and regression tasks", ISMIR 2017.
#include <array>

#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/core/architecture.h"
#include "models/taggers/choi.h"

namespace sonograd::models {
namespace {

constexpr std::string_view kEveryLayer = "every_layer";

class CompactCnn final : public LogMelNetwork {
 public:
  struct Options : ConvOptions {
    Options() : ConvOptions{.front = choi_front(), .channels = 32, .dropout = 0} {
      front.samples = 348000;
      front.mel.pad_mode = kernels::PadMode::zero;
      front.mel.below_maximum = true;
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    return options.read_sizes(weights, "layer1.conv.weight", "dense.weight");
  }

  CompactCnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable x1 = layer1_.forward(features);            // [N, 340, 48, 32]
    const Variable x2 = layer2_.forward(x1);                  // [N, 85, 16, 32]
    const Variable x3 = layer3_.forward(x2);                  // [N, 17, 8, 32]
    const Variable x4 = layer4_.forward(x3);                  // [N, 4, 4, 32]
    const Variable x5 = flatten_single(layer5_.forward(x4));  // [N, 32]
    if (outputs.contains(kEveryLayer))
      outputs.set(kEveryLayer,
                  concat({mean(x1, {1, 2}), mean(x2, {1, 2}), mean(x3, {1, 2}), mean(x4, {1, 2}), x5}, 1));
    outputs.set(kPenultimate, x5);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x5)));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(),
            penultimate_info(c_),
            {.name = std::string(kEveryLayer),
             .shape = {5 * c_},
             .help = "mean over time and frequency behind every block, side by side"}};
  }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::ConvUnit2d> layer1_{*this, "layer1", 1, c_, choi_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer2_{*this, "layer2", c_, c_, choi_block({4, 3})};
  layers::Part<layers::ConvUnit2d> layer3_{*this, "layer3", c_, c_, choi_block({5, 2})};
  layers::Part<layers::ConvUnit2d> layer4_{*this, "layer4", c_, c_, choi_block({4, 2})};
  layers::Part<layers::ConvUnit2d> layer5_{*this, "layer5", c_, c_, choi_block({4, 4})};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", c_, labels()};
};

}  // namespace

Architecture compact_cnn_architecture() {
  return architecture_of<CompactCnn>(
      {.name = "compact_cnn",
       .summary = "5 convolutions of 32 channels, features of every layer for other tasks (Choi et al. 2017)",
       .paper = "Choi, Fazekas, Sandler, Cho, \"Transfer learning for music classification and regression "
                "tasks\", "
                "ISMIR 2017"});
}

}  // namespace sonograd::models
