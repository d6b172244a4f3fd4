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
  using Tagger::Tagger;

  Tensor features(const Tensor& waveforms) const override { return spec_.forward(waveforms); }

  Variable logits(const Variable& features) const override {
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
  std::int64_t c_ = config().channels;
  layers::Part<layers::LogMel> spec_{*this, "spec", log_mel_options(config())};
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  layers::Part<layers::ResidualBlock> layer1_{*this, "layer1", 1, c_, 2};
  layers::Part<layers::ResidualBlock> layer2_{*this, "layer2", c_, c_, 2};
  layers::Part<layers::ResidualBlock> layer3_{*this, "layer3", c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer4_{*this, "layer4", 2 * c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer5_{*this, "layer5", 2 * c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer6_{*this, "layer6", 2 * c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer7_{*this, "layer7", 2 * c_, 4 * c_, 2};
  ShortChunkHead head_{*this, 4 * c_, config()};
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
