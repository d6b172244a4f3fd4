// FCN-4: four-layer fully convolutional network on 29.12 s of log-mel at 12 kHz.
// Choi, Fazekas, Sandler, "Automatic tagging using deep convolutional neural networks", ISMIR 2016.
#include "layers/conv_block.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/registry.h"
#include "models/fronts/front_end.h"

namespace sonograd::models {
namespace {

class Fcn4 final : public Tagger {
 public:
  using Tagger::Tagger;

  Tensor features(const Tensor& waveforms) const override { return spec_.forward(waveforms); }

  Variable logits(const Variable& features) const override {
    Variable x = layer1_.forward(features);  // [N, 341, 48, 128]
    x = layer2_.forward(x);                  // [N, 68, 12, 384]
    x = layer3_.forward(x);                  // [N, 8, 4, 768]
    x = layer4_.forward(x);                  // [N, 1, 1, 2048]
    return dense_.forward(dropout_.forward(flatten_single(x)));
  }

 private:
  std::int64_t c_ = config().channels;
  layers::Part<layers::LogMel> spec_{*this, "spec", log_mel_options(config())};
  layers::Part<layers::ConvBlock> layer1_{*this, "layer1", 1, c_, kernels::Pair(4, 2)};
  layers::Part<layers::ConvBlock> layer2_{*this, "layer2", c_, 3 * c_, kernels::Pair(5, 4)};
  layers::Part<layers::ConvBlock> layer3_{*this, "layer3", 3 * c_, 6 * c_, kernels::Pair(8, 3)};
  layers::Part<layers::ConvBlock> layer4_{*this, "layer4", 6 * c_, 16 * c_, kernels::Pair(8, 4)};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", config().dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", 16 * c_, config().labels};
};

}  // namespace

Architecture fcn4_architecture() {
  return {.name = "fcn4",
          .summary = "4-layer fully convolutional network on 29.1 s of log-mel at 12 kHz (Choi et al. 2016)",
          .defaults = {.channels = 128,
                       .sample_rate = 12000,
                       .samples = 349440,
                       .n_mels = 96,
                       .f_max = 6000,
                       .dropout = 0},
          .options = kSpectrogramOptions,
          .make = make_tagger<Fcn4>};
}

}  // namespace sonograd::models
