// Harmonic CNN: seven blocks on 5 s of spectra behind a bank of harmonic filters of trained width.
// Won, Chun, Nieto, Serra, "Data-driven harmonic filters for audio representation learning", ICASSP 2020.
#include "layers/conv_block.h"
#include "layers/part.h"
#include "layers/residual_block.h"
#include "models/backs/short_chunk_head.h"
#include "models/core/architecture.h"
#include "models/core/weights.h"
#include "models/fronts/harmonic.h"

namespace sonograd::models {
namespace {

class HarmonicCnn final : public Network {
 public:
  struct Options {
    HarmonicFront front;
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
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    return extent_of(weights, "dense2.weight", 0);
  }

  HarmonicCnn(const Options& options, std::int64_t labels)
      : Network(options.front.input(), labels), options_(options) {}

  // [N, 313, 257]. The gradient of Q begins behind it.
  Tensor features(const Tensor& waveforms) const override { return hstft_.spectrum(waveforms); }
  FeatureAxes feature_axes() const override { return options_.front.axes(); }

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = hstft_bn_.forward(hstft_.forward(features));  // [N, 313, 128, 6]
    x = layer1_.forward(x);                                    // [N, 156, 64, 128]
    x = layer2_.forward(x);                                    // [N, 78, 32, 128]
    x = layer3_.forward(x);                                    // [N, 39, 16, 128]
    x = layer4_.forward(x);                                    // [N, 19, 8, 128]
    x = layer5_.forward(x);                                    // [N, 9, 4, 256]
    x = layer6_.forward(x);                                    // [N, 3, 2, 256]
    x = layer7_.forward(x);                                    // [N, 1, 1, 256]
    head_.forward(x, outputs);
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(2 * c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::HarmonicStft> hstft_{*this, "hstft", options_.front.stft};
  layers::Part<layers::BatchNorm> hstft_bn_{*this, "hstft_bn", options_.front.stft.notes.harmonics};
  layers::Part<layers::ConvBlock> layer1_{*this, "layer1", options_.front.stft.notes.harmonics, c_, 2};
  layers::Part<layers::ResidualBlock> layer2_{*this, "layer2", c_, c_, 1, 2};
  layers::Part<layers::ResidualBlock> layer3_{*this, "layer3", c_, c_, 1, 2};
  layers::Part<layers::ResidualBlock> layer4_{*this, "layer4", c_, c_, 1, 2};
  layers::Part<layers::ConvBlock> layer5_{*this, "layer5", c_, 2 * c_, 2};
  layers::Part<layers::ResidualBlock> layer6_{*this, "layer6", 2 * c_, 2 * c_, 1, kernels::Pair(3, 2)};
  layers::Part<layers::ResidualBlock> layer7_{*this, "layer7", 2 * c_, 2 * c_, 1, kernels::Pair(3, 2)};
  ShortChunkHead head_{*this, 2 * c_, options_.dropout, labels()};
};

}  // namespace

Architecture harmonic_cnn_architecture() {
  return architecture_of<HarmonicCnn>(
      {.name = "harmonic_cnn",
       .summary = "7 blocks on 5 s of spectra behind trained harmonic filters (Won et al. 2020)",
       .paper =
           "Won, Chun, Nieto, Serra, \"Data-driven harmonic filters for audio representation learning\", "
           "ICASSP 2020"});
}

}  // namespace sonograd::models
