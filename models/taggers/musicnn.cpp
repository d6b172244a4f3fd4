// MusiCNN: filters as wide as timbre and as long as rhythm on 3 s of log-mel.
// Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018, as
// implemented in PyTorch for Won et al., "Evaluation of CNN-based automatic music tagging models", SMC 2020. Published in two
// sizes: 64 channels and 200 units (MagnaTagATune, MTG-Jamendo), 512 and 500 (Million Song Dataset), both with 51 filters.
#include "autograd/ops/pointwise.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/residual_convs.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"
#include "models/fronts/musicnn_filters.h"
#include "models/taggers/musicnn_options.h"

namespace sonograd::models {
namespace {

class Musicnn final : public LogMelNetwork {
 public:
  struct Options : MusicnnOptions<LogMelFront> {
    Options() : MusicnnOptions{.front = {.samples = 48000}} {}
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.set_sizes(extent_of(weights, "layer1.conv.weight", 0),
                      extent_of(weights, "layers.2.conv.weight", 0), extent_of(weights, "dense1.weight", 0));
    return extent_of(weights, "dense2.weight", 0);
  }

  Musicnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable map = spec_bn_.forward(features);                     // [N, 188, 96, 1]
    const auto [timbral, temporal] = filters_.forward(map);              // [N, 188, 408], [N, 188, 153]
    const Variable pooled = convs_.forward(timbral, temporal, outputs);  // [N, 1506]
    const Variable hidden = relu(bn_.forward(dense1_.forward(pooled)));
    outputs.set(kPenultimate, hidden);
    outputs.set(kLogits, dense2_.forward(dropout_.forward(hidden)));
  }

  std::vector<OutputInfo> outputs() const override {
    std::vector<OutputInfo> all = musicnn_outputs({.frames = options_.front.frames(),
                                                   .timbral = MusicnnFilters::timbral(f_),
                                                   .temporal = MusicnnFilters::temporal(f_),
                                                   .channels = options_.channels});
    all.insert(all.begin(), {logits_info(), penultimate_info(u_)});
    return all;
  }

 private:
  Options options_;
  std::int64_t f_ = options_.filter_count(), u_ = options_.unit_count();
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  MusicnnFilters filters_{
      *this, {"layers.0", "layers.1", "layers.2", "layers.3", "layers.4"}, f_, options_.front.mel.n_mels};
  ResidualConvs convs_{*this,
                       {"layer1", "layer2", "layer3"},
                       11 * f_,
                       options_.channels,
                       layers::UnitOrder::conv_norm_activation};
  layers::Part<layers::Linear> dense1_{*this, "dense1", 2 * (11 * f_ + 3 * options_.channels), u_};
  layers::Part<layers::BatchNorm> bn_{*this, "bn", u_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense2_{*this, "dense2", u_, labels()};
};

}  // namespace

Architecture musicnn_architecture() {
  return architecture_of<Musicnn>(
      {.name = "musicnn",
       .summary = "tall and long filters on 3 s of log-mel (Pons et al. 2018, in PyTorch by Won et al. 2020)",
       .paper = "Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, \"End-to-end learning for music audio tagging "
                "at scale\", ISMIR 2018"});
}

}  // namespace sonograd::models
