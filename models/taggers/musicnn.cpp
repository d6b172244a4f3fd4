// MusiCNN: filters as wide as timbre and as long as rhythm on 3 s of log-mel.
// Pons, Nieto, Prockup, Schmidt, Ehmann, Serra, "End-to-end learning for music audio tagging at scale", ISMIR 2018, as
// implemented in PyTorch for Won et al., "Evaluation of CNN-based automatic music tagging models", SMC 2020. Published in two
// sizes: 64 channels and 200 units (MagnaTagATune, MTG-Jamendo), 512 and 500 (Million Song Dataset), both with 51 filters.
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/residual_convs.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"
#include "models/taggers/musicnn_options.h"

namespace sonograd::models {
namespace {

// Bands of the filters over frequency: 0.7 and 0.4 of the published 96, also for another number of bands.
constexpr std::int64_t kTallBands = 67, kShortBands = 38;
constexpr std::int64_t kTimbralFrames = 7;

using TemporalUnit = layers::ConvUnitOptions<layers::Conv1d>;

// Filter bank over frequency and a few frames, and the maximum over all its positions in frequency.
layers::ConvUnitOptions<layers::Conv2d> timbral_unit(std::int64_t bands, std::int64_t n_mels) {
  return {.kernel = {kTimbralFrames, bands},
          .conv = {.padding = kernels::Padding(kTimbralFrames / 2, 0)},
          .pool = {1, n_mels - bands + 1}};
}

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
      : LogMelNetwork(options.front, labels), options_(checked(options)) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Variable map = spec_bn_.forward(features);         // [N, 188, 96, 1]
    const Variable tall = over_time(layers0_.forward(map));  // [N, 188, 204]
    const Variable low = over_time(layers1_.forward(map));   // [N, 188, 204]
    const Variable bands = mean(map, {2});                   // [N, 188, 1]
    const Variable timbral = concat({tall, low}, 2);
    const Variable temporal = concat(
        {layers2_.forward(bands), layers3_.forward(bands), layers4_.forward(bands)}, 2);  // [N, 188, 153]
    const Variable pooled = convs_.forward(timbral, temporal, outputs);                   // [N, 1506]
    const Variable hidden = relu(bn_.forward(dense1_.forward(pooled)));
    outputs.set(kPenultimate, hidden);
    outputs.set(kLogits, dense2_.forward(dropout_.forward(hidden)));
  }

  std::vector<OutputInfo> outputs() const override {
    std::vector<OutputInfo> all = musicnn_outputs({.frames = options_.front.frames(),
                                                   .timbral = 8 * f_,
                                                   .temporal = 3 * f_,
                                                   .channels = options_.channels});
    all.insert(all.begin(), {logits_info(), penultimate_info(u_)});
    return all;
  }

 private:
  static const Options& checked(const Options& options) {
    if (options.front.mel.n_mels >= kTallBands) return options;
    throw ConfigError(concat("front_end.n_mels = ", options.front.mel.n_mels, ": musicnn expects at least ",
                             kTallBands, ", the height of its filters"));
  }
  static Variable over_time(const Variable& x) {
    return reshape(x, {x.shape()[0], x.shape()[1], x.shape()[3]});
  }

  Options options_;
  std::int64_t f_ = options_.filter_count(), u_ = options_.unit_count(), bands_ = options_.front.mel.n_mels;
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  layers::Part<layers::ConvUnit2d> layers0_{*this, "layers.0", 1, 4 * f_, timbral_unit(kTallBands, bands_)};
  layers::Part<layers::ConvUnit2d> layers1_{*this, "layers.1", 1, 4 * f_, timbral_unit(kShortBands, bands_)};
  layers::Part<layers::ConvUnit1d> layers2_{*this, "layers.2", 1, f_, TemporalUnit{.kernel = 129}};
  layers::Part<layers::ConvUnit1d> layers3_{*this, "layers.3", 1, f_, TemporalUnit{.kernel = 65}};
  layers::Part<layers::ConvUnit1d> layers4_{*this, "layers.4", 1, f_, TemporalUnit{.kernel = 33}};
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
