// kaist_cnn2d: four blocks of 3x3 convolutions on 3 s of log-mel, up to one position.
// Lee, Choi, Kim, homework of the courses GCT634 and AI613, KAIST, 2021 and 2022: the network that question 1 has students write.
#include "layers/conv_block.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

class KaistCnn2d final : public LogMelNetwork {
 public:
  struct Options : ConvOptions {
    Options() : ConvOptions{.front = {.samples = 48000}, .channels = 64, .dropout = 0} {}
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    return options.read_sizes(weights, "layer1.conv.weight", "dense.weight");
  }

  KaistCnn2d(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = layer1_.forward(input_bn_.forward(features));  // [N, 47, 24, 64]
    x = layer2_.forward(x);                                     // [N, 15, 8, 128]
    x = layer3_.forward(x);                                     // [N, 5, 2, 128]
    x = flatten_single(layer4_.forward(x));                     // [N, 64]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::BatchNorm> input_bn_{*this, "input_bn", 1};
  layers::Part<layers::ConvBlock> layer1_{*this, "layer1", 1, c_, 4};
  layers::Part<layers::ConvBlock> layer2_{*this, "layer2", c_, 2 * c_, 3};
  layers::Part<layers::ConvBlock> layer3_{*this, "layer3", 2 * c_, 2 * c_, 3};
  layers::Part<layers::ConvBlock> layer4_{*this, "layer4", 2 * c_, c_, kernels::Pair(5, 2)};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", c_, labels()};
};

}  // namespace

Architecture kaist_cnn2d_architecture() {
  return architecture_of<KaistCnn2d>(
      {.name = "kaist_cnn2d",
       .summary = "4 convolutions of 3x3 on 3 s of log-mel, question 1 of a course (KAIST 2021)",
       .paper = "Lee, Choi, Kim, homework of the courses GCT634 and AI613, KAIST, 2021"});
}

}  // namespace sonograd::models
