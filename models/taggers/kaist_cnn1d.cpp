// kaist_cnn1d: three convolutions along time, with the bands as channels, on 3 s of log-mel.
// Lee, Choi, Kim, homework of the courses GCT634 and AI613, KAIST, 2021 and 2022: the baseline of music tagging.
#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "layers/conv_unit.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/sequence.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

// Convolution over 3 frames with 3 zeros at both ends, norm, ReLU and maximum of 3: [N, T, in] -> [N, floor((T + 4) / 3), out].
layers::ConvUnitOptions<layers::Conv1d> three_frames() {
  return {.conv = {.pad_before = 3, .pad_after = 3}, .pool = 3};
}

class KaistCnn1d final : public LogMelNetwork {
 public:
  struct Options : ConvOptions {
    Options() : ConvOptions{.front = {.samples = 48000}, .channels = 32, .dropout = 0} {}
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.mel.n_mels = extent_of(weights, "layer1.conv.weight", 1);
    return options.read_sizes(weights, "layer1.conv.weight", "dense.weight");
  }

  KaistCnn1d(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = merged_bands(input_bn_.forward(features));  // [N, 188, 96]
    x = layer1_.forward(x);                                  // [N, 64, 32]
    x = layer2_.forward(x);                                  // [N, 22, 32]
    x = mean(layer3_.forward(x), {1});                       // [N, 8, 32] -> [N, 32]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::BatchNorm> input_bn_{*this, "input_bn", 1};
  layers::Part<layers::ConvUnit1d> layer1_{*this, "layer1", options_.front.mel.n_mels, c_, three_frames()};
  layers::Part<layers::ConvUnit1d> layer2_{*this, "layer2", c_, c_, three_frames()};
  layers::Part<layers::ConvUnit1d> layer3_{*this, "layer3", c_, c_, three_frames()};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", c_, labels()};
};

}  // namespace

Architecture kaist_cnn1d_architecture() {
  return architecture_of<KaistCnn1d>(
      {.name = "kaist_cnn1d",
       .summary = "3 convolutions along time on 3 s of log-mel, the baseline of a course (KAIST 2021)",
       .paper = "Lee, Choi, Kim, homework of the courses GCT634 and AI613, KAIST, 2021"});
}

}  // namespace sonograd::models
