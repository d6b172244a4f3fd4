// Short-chunk CNN + Res: seven strided residual blocks on 3.69 s of log-mel.
// Won, Ferraro, Bogdanov, Serra, "Evaluation of CNN-based automatic music tagging models", SMC 2020.
#include "layers/residual_block.h"
#include "models/backs/short_chunk_head.h"
#include "models/core/registry.h"
#include "models/fronts/front_end.h"

namespace sonograd::models {
namespace {

class ShortChunkCnnRes final : public Tagger {
 public:
  explicit ShortChunkCnnRes(const ModelConfig& config)
      : Tagger(config), c_(config.channels), spec_(log_mel_options(config)), head_(4 * c_, config) {
    add_module("spec", spec_);
    add_module("spec_bn", spec_bn_);
    add_module("layer1", layer1_);
    add_module("layer2", layer2_);
    add_module("layer3", layer3_);
    add_module("layer4", layer4_);
    add_module("layer5", layer5_);
    add_module("layer6", layer6_);
    add_module("layer7", layer7_);
    for (const auto& [name, part] : head_.parts()) add_module(name, *part);
  }

  Tensor features(const Tensor& waveforms) override { return spec_.forward(waveforms); }

  Variable logits(const Variable& features) override {
    Variable x = spec_bn_.forward(features);  // [N, 231, 128, 1]
    x = layer1_.forward(x);                   // [N, 116, 64, 128]
    x = layer2_.forward(x);                   // [N, 58, 32, 128]
    x = layer3_.forward(x);                   // [N, 29, 16, 256]
    x = layer4_.forward(x);                   // [N, 15, 8, 256]
    x = layer5_.forward(x);                   // [N, 8, 4, 256]
    x = layer6_.forward(x);                   // [N, 4, 2, 256]
    x = layer7_.forward(x);                   // [N, 2, 1, 512]
    return head_.forward(x);
  }

 private:
  std::int64_t c_;
  layers::LogMel spec_;
  layers::BatchNorm spec_bn_{1};
  layers::ResidualBlock layer1_{1, c_, 2};
  layers::ResidualBlock layer2_{c_, c_, 2};
  layers::ResidualBlock layer3_{c_, 2 * c_, 2};
  layers::ResidualBlock layer4_{2 * c_, 2 * c_, 2};
  layers::ResidualBlock layer5_{2 * c_, 2 * c_, 2};
  layers::ResidualBlock layer6_{2 * c_, 2 * c_, 2};
  layers::ResidualBlock layer7_{2 * c_, 4 * c_, 2};
  ShortChunkHead head_;
};

}  // namespace

Architecture short_chunk_cnn_res_architecture() {
  return {.name = "short_chunk_cnn_res",
          .summary = "7 strided residual blocks on 3.69 s of log-mel (Won et al. 2020)",
          .defaults = {.channels = 128, .samples = 59049, .n_mels = 128},
          .options = kSpectrogramOptions,
          .make = make_tagger<ShortChunkCnnRes>};
}

}  // namespace sonograd::models
