// FCN: fully convolutional network on a log-mel map of the whole clip.
// Choi, Fazekas, Sandler, "Automatic tagging using deep convolutional neural networks", ISMIR 2016, as
// implemented for Won et al., "Evaluation of CNN-based automatic music tagging models", SMC 2020 (five
// layers, 29 s at 16 kHz).
#include "layers/conv_block.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/registry.h"
#include "models/fronts/front_end.h"

namespace sonograd::models {
namespace {

class Fcn final : public Tagger {
 public:
  using Tagger::Tagger;

  Tensor features(const Tensor& waveforms) const override { return spec_.forward(waveforms); }

  Variable logits(const Variable& features) const override {
    Variable x = spec_bn_.forward(features);  // [N, 1813, 96, 1]
    x = layer1_.forward(x);                   // [N, 453, 48, 64]
    x = layer2_.forward(x);                   // [N, 113, 24, 128]
    x = layer3_.forward(x);                   // [N, 28, 12, 128]
    x = layer4_.forward(x);                   // [N, 5, 4, 128]
    x = layer5_.forward(x);                   // [N, 1, 1, 64]
    return dense_.forward(dropout_.forward(flatten_single(x)));
  }

 private:
  std::int64_t c_ = config().channels;
  layers::Part<layers::LogMel> spec_{*this, "spec", log_mel_options(config())};
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  layers::Part<layers::ConvBlock> layer1_{*this, "layer1", 1, c_, kernels::Pair(4, 2)};
  layers::Part<layers::ConvBlock> layer2_{*this, "layer2", c_, 2 * c_, kernels::Pair(4, 2)};
  layers::Part<layers::ConvBlock> layer3_{*this, "layer3", 2 * c_, 2 * c_, kernels::Pair(4, 2)};
  layers::Part<layers::ConvBlock> layer4_{*this, "layer4", 2 * c_, 2 * c_, kernels::Pair(5, 3)};
  layers::Part<layers::ConvBlock> layer5_{*this, "layer5", 2 * c_, c_, kernels::Pair(4, 4)};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", config().dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", c_, config().labels};
};

}  // namespace

Architecture fcn_architecture() {
  return {.name = "fcn",
          .summary = "5-layer fully convolutional network on 29 s of log-mel (Choi et al. 2016)",
          .defaults = {.channels = 64, .samples = 464000, .n_mels = 96},
          .options = kSpectrogramOptions,
          .make = make_tagger<Fcn>};
}

}  // namespace sonograd::models
