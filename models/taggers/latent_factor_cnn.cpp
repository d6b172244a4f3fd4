// The latent-factor network of 2014: from 30 s of log-mel to the factors of collaborative filtering.
// Dieleman, "Recommending music on Spotify with deep learning", 2014, after van den Oord, Dieleman, Schrauwen, "Deep content-based
// music recommendation", NIPS 2013. Frame rate, level and dropout are not published: the defaults are ours.
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "autograd/ops/reduce.h"
#include "layers/conv_unit.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

// Convolution over 4 frames, ReLU and maximum: [N, T, in] -> [N, floor((T - 3) / pool), out].
layers::ConvUnitOptions<layers::Conv1d> without_norm(std::int64_t pool) {
  return {.kernel = 4, .conv = {}, .norm = std::nullopt, .pool = pool};
}

// Mean, maximum and L2 norm over time: [N, T, C] -> [N, 3 C].
Variable mean_max_norm(const Variable& x) {
  // The root has no slope at 0, the norm of a channel that is silent; 1e-12 is below the rounding of others.
  const Variable least(Tensor::full({1}, 1e-12, x.dtype(), x.data().device()));
  return concat({mean(x, {1}), max(x, {1}), sqrt(add(sum(mul(x, x), {1}), least))}, 1);
}

class LatentFactorCnn final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = {.samples = 598 * 1102,
                         .mel = {.sample_rate = 22050,
                                 .n_fft = 2048,
                                 .hop_length = 1102,
                                 .n_mels = 128,
                                 .f_max = 11025,
                                 .power = 1,
                                 .mel_scale = kernels::MelScale::slaney,
                                 .mel_norm = kernels::MelNorm::slaney,
                                 .compression = layers::Compression::natural}};
    std::int64_t channels = 256, units = 2048;
    double dropout = 0.5;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096},
              "width of the first two convolutions; half the width of the others");
      all.add("units", units, {1, 65536}, "width of the dense layers");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout behind the dense layers");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    options.front.mel.n_mels = extent_of(weights, "layer1.conv.weight", 1);
    options.units = extent_of(weights, "dense1.weight", 0);
    return extent_of(weights, "factors.weight", 0);
  }

  LatentFactorCnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    const Shape& map = features.shape();
    Variable x = reshape(features, {map[0], map[1], map[2]});  // [N, 599, 128]
    x = layer1_.forward(x);                                    // [N, 149, 256]
    x = layer2_.forward(x);                                    // [N, 73, 256]
    x = layer3_.forward(x);                                    // [N, 35, 512]
    x = layer4_.forward(x);                                    // [N, 32, 512]
    x = mean_max_norm(x);                                      // [N, 1536]
    x = dropout_.forward(relu(dense1_.forward(x)));            // [N, 2048]
    x = relu(dense2_.forward(x));                              // [N, 2048]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, factors_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(u_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, u_ = options_.units;
  layers::Part<layers::ConvUnit1d> layer1_{*this, "layer1", options_.front.mel.n_mels, c_, without_norm(4)};
  layers::Part<layers::ConvUnit1d> layer2_{*this, "layer2", c_, c_, without_norm(2)};
  layers::Part<layers::ConvUnit1d> layer3_{*this, "layer3", c_, 2 * c_, without_norm(2)};
  layers::Part<layers::ConvUnit1d> layer4_{*this, "layer4", 2 * c_, 2 * c_, without_norm(1)};
  layers::Part<layers::Linear> dense1_{*this, "dense1", 6 * c_, u_};
  layers::Part<layers::Linear> dense2_{*this, "dense2", u_, u_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> factors_{*this, "factors", u_, labels()};
};

}  // namespace

Architecture latent_factor_cnn_architecture() {
  return architecture_of<LatentFactorCnn>(
      {.name = "latent_factor_cnn",
       .summary = "factors of collaborative filtering from 30 s of log-mel (Dieleman 2014)",
       .paper =
           "Dieleman, \"Recommending music on Spotify with deep learning\", 2014; van den Oord, Dieleman, "
           "Schrauwen, \"Deep content-based music recommendation\", NIPS 2013"});
}

}  // namespace sonograd::models
