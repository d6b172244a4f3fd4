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
  explicit Fcn(const ModelConfig& config)
      : Tagger(config),
        c_(config.channels),
        spec_(log_mel_options(config)),
        dropout_(config.dropout),
        dense_(c_, config.labels) {
    add_module("spec", spec_);
    add_module("spec_bn", spec_bn_);
    add_module("layer1", layer1_);
    add_module("layer2", layer2_);
    add_module("layer3", layer3_);
    add_module("layer4", layer4_);
    add_module("layer5", layer5_);
    add_module("dropout", dropout_);
    add_module("dense", dense_);
  }

  Tensor features(const Tensor& waveforms) override { return spec_.forward(waveforms); }

  Variable logits(const Variable& features) override {
    Variable x = spec_bn_.forward(features);  // [N, 1813, 96, 1]
    x = layer1_.forward(x);                   // [N, 453, 48, 64]
    x = layer2_.forward(x);                   // [N, 113, 24, 128]
    x = layer3_.forward(x);                   // [N, 28, 12, 128]
    x = layer4_.forward(x);                   // [N, 5, 4, 128]
    x = layer5_.forward(x);                   // [N, 1, 1, 64]
    return dense_.forward(dropout_.forward(flatten_single(x)));
  }

 private:
  std::int64_t c_;
  layers::LogMel spec_;
  layers::BatchNorm spec_bn_{1};
  layers::ConvBlock layer1_{1, c_, {4, 2}};
  layers::ConvBlock layer2_{c_, 2 * c_, {4, 2}};
  layers::ConvBlock layer3_{2 * c_, 2 * c_, {4, 2}};
  layers::ConvBlock layer4_{2 * c_, 2 * c_, {5, 3}};
  layers::ConvBlock layer5_{2 * c_, c_, {4, 4}};
  layers::Dropout dropout_;
  layers::Linear dense_;
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
