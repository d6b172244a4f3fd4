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
  explicit Fcn4(const ModelConfig& config)
      : Tagger(config),
        c_(config.channels),
        spec_(log_mel_options(config)),
        dropout_(config.dropout),
        dense_(16 * c_, config.labels) {
    add_module("spec", spec_);
    add_module("layer1", layer1_);
    add_module("layer2", layer2_);
    add_module("layer3", layer3_);
    add_module("layer4", layer4_);
    add_module("dropout", dropout_);
    add_module("dense", dense_);
  }

  Tensor features(const Tensor& waveforms) override { return spec_.forward(waveforms); }

  Variable logits(const Variable& features) override {
    Variable x = layer1_.forward(features);  // [N, 341, 48, 128]
    x = layer2_.forward(x);                  // [N, 68, 12, 384]
    x = layer3_.forward(x);                  // [N, 8, 4, 768]
    x = layer4_.forward(x);                  // [N, 1, 1, 2048]
    return dense_.forward(dropout_.forward(flatten_single(x)));
  }

 private:
  std::int64_t c_;
  layers::LogMel spec_;
  layers::ConvBlock layer1_{1, c_, {4, 2}};
  layers::ConvBlock layer2_{c_, 3 * c_, {5, 4}};
  layers::ConvBlock layer3_{3 * c_, 6 * c_, {8, 3}};
  layers::ConvBlock layer4_{6 * c_, 16 * c_, {8, 4}};
  layers::Dropout dropout_;
  layers::Linear dense_;
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
