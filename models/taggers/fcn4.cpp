// FCN-4: four-layer fully convolutional network on 29.12 s of log-mel at 12 kHz.
// Choi, Fazekas, Sandler, "Automatic tagging using deep convolutional neural networks", ISMIR 2016.
#include "layers/conv_block.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

class Fcn4 final : public LogMelNetwork {
 public:
  struct Options : ConvOptions {
    Options()
        : ConvOptions{.front = {.samples = 349440, .mel = {.sample_rate = 12000, .f_max = 6000}},
                      .channels = 128,
                      .dropout = 0} {}
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    return options.read_sizes(weights, "layer1.conv.weight", "dense.weight");
  }

  Fcn4(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = layer1_.forward(features);  // [N, 341, 48, 128]
    x = layer2_.forward(x);                  // [N, 68, 12, 384]
    x = layer3_.forward(x);                  // [N, 8, 4, 768]
    x = flatten_single(layer4_.forward(x));  // [N, 2048]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(16 * c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::ConvBlock> layer1_{*this, "layer1", 1, c_, kernels::Pair(4, 2)};
  layers::Part<layers::ConvBlock> layer2_{*this, "layer2", c_, 3 * c_, kernels::Pair(5, 4)};
  layers::Part<layers::ConvBlock> layer3_{*this, "layer3", 3 * c_, 6 * c_, kernels::Pair(8, 3)};
  layers::Part<layers::ConvBlock> layer4_{*this, "layer4", 6 * c_, 16 * c_, kernels::Pair(8, 4)};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", 16 * c_, labels()};
};

}  // namespace

Architecture fcn4_architecture() {
  return architecture_of<Fcn4>(
      {.name = "fcn4",
       .summary = "4-layer fully convolutional network on 29.1 s of log-mel at 12 kHz (Choi et al. 2016)",
       .paper = "Choi, Fazekas, Sandler, \"Automatic tagging using deep convolutional neural networks\", "
                "ISMIR 2016"});
}

}  // namespace sonograd::models
