// Short-chunk CNN + Res: seven strided residual blocks on 3.69 s of log-mel.
// Won, Ferraro, Bogdanov, Serra, "Evaluation of CNN-based automatic music tagging models", SMC 2020.
#include "layers/part.h"
#include "layers/residual_block.h"
#include "models/backs/short_chunk_head.h"
#include "models/core/architecture.h"
#include "models/core/weights.h"
#include "models/fronts/log_mel.h"

namespace sonograd::models {
namespace {

class ShortChunkCnnRes final : public Network {
 public:
  struct Options {
    LogMelFront front = {.mel = {.n_mels = 128}};
    std::int64_t channels = 128;
    double dropout = 0.5;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the first block; the others keep their proportion");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv_1.weight", 0);
    return extent_of(weights, "dense2.weight", 0);
  }

  ShortChunkCnnRes(const Options& options, std::int64_t labels)
      : Network(options.front.input(), labels), options_(options) {}

  Tensor features(const Tensor& waveforms) const override { return spec_.forward(waveforms); }

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = spec_bn_.forward(features);  // [N, 231, 128, 1]
    x = layer1_.forward(x);                   // [N, 116, 64, 128]
    x = layer2_.forward(x);                   // [N, 58, 32, 128]
    x = layer3_.forward(x);                   // [N, 29, 16, 256]
    x = layer4_.forward(x);                   // [N, 15, 8, 256]
    x = layer5_.forward(x);                   // [N, 8, 4, 256]
    x = layer6_.forward(x);                   // [N, 4, 2, 256]
    x = layer7_.forward(x);                   // [N, 2, 1, 512]
    head_.forward(x, outputs);
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(4 * c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::LogMel> spec_{*this, "spec", options_.front.mel};
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  layers::Part<layers::ResidualBlock> layer1_{*this, "layer1", 1, c_, 2};
  layers::Part<layers::ResidualBlock> layer2_{*this, "layer2", c_, c_, 2};
  layers::Part<layers::ResidualBlock> layer3_{*this, "layer3", c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer4_{*this, "layer4", 2 * c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer5_{*this, "layer5", 2 * c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer6_{*this, "layer6", 2 * c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer7_{*this, "layer7", 2 * c_, 4 * c_, 2};
  ShortChunkHead head_{*this, 4 * c_, options_.dropout, labels()};
};

}  // namespace

Architecture short_chunk_cnn_res_architecture() {
  return architecture_of<ShortChunkCnnRes>(
      {.name = "short_chunk_cnn_res",
       .summary = "7 strided residual blocks on 3.69 s of log-mel (Won et al. 2020)",
       .paper = "Won, Ferraro, Bogdanov, Serra, \"Evaluation of CNN-based automatic music tagging models\", "
                "SMC 2020"});
}

}  // namespace sonograd::models
