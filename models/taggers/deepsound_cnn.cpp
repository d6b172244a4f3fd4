// DeepSound's convolutional network: genre at every step of 30 s of log-mel, and the mean over the steps.
// Kozakowski and Michalak, "Music genre recognition", deepsound.io, 2016, in its second form of 2018: three convolutions over time,
// with the bands as channels, and one output layer for all steps.
#include "autograd/ops/reduce.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/sequence.h"
#include "models/core/architecture.h"
#include "models/taggers/deepsound.h"

namespace sonograd::models {
namespace {

constexpr layers::BatchNormOptions kBlockNorm = {.eps = 1e-3, .momentum = 0.1};

class DeepsoundCnn final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = deepsound_front();
    std::int64_t channels = 256;
    double dropout = 0.5;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the convolutions");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout behind every convolution");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    options.front.mel.n_mels = extent_of(weights, "layer1.conv.weight", 1);
    return extent_of(weights, "dense.weight", 0);
  }

  DeepsoundCnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = merged_bands(features);       // [N, 647, 128]
    x = dropout_.forward(layer1_.forward(x));  // [N, 321, 256]
    x = dropout_.forward(layer2_.forward(x));  // [N, 158, 256]
    x = dropout_.forward(layer3_.forward(x));  // [N, 77, 256]
    if (outputs.contains(kPenultimate)) outputs.set(kPenultimate, mean(x, {1}));
    const Variable steps = dense_.forward(x);  // [N, 77, labels]
    outputs.set(kStepLogits, steps);
    outputs.set(kLogits, mean(steps, {1}));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.channels), step_logits_info(steps_)};
  }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, steps_ = steps_behind_blocks(options_.front.frames());
  layers::Part<layers::ConvUnit1d> layer1_{*this, "layer1", options_.front.mel.n_mels, c_,
                                           five_frames(kBlockNorm)};
  layers::Part<layers::ConvUnit1d> layer2_{*this, "layer2", c_, c_, five_frames(kBlockNorm)};
  layers::Part<layers::ConvUnit1d> layer3_{*this, "layer3", c_, c_, five_frames(kBlockNorm)};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", c_, labels()};
};

}  // namespace

Architecture deepsound_cnn_architecture() {
  return architecture_of<DeepsoundCnn>(
      {.name = "deepsound_cnn",
       .summary = "3 convolutions over 30 s of log-mel, genre at every step (DeepSound 2018)",
       .paper = "Kozakowski, Michalak, \"Music genre recognition\", deepsound.io, 2016; code of 2018"});
}

}  // namespace sonograd::models
