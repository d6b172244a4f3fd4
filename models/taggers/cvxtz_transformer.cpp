// cvxtz_transformer: four transformer blocks on the frames of 30 s of log-mel, and the mean over time.
// Youness Mansar (CVxTz), "Music genre classification: transformers vs recurrent neural networks", 2020: no layer in front of the blocks,
// whose width is the number of bands, and no class token.
#include <cmath>
#include <numeric>
#include <span>

#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/positions.h"
#include "models/backs/transformer_encoder.h"
#include "models/core/architecture.h"
#include "models/taggers/cvxtz.h"

namespace sonograd::models {
namespace {

constexpr std::string_view kReceivedAttention = "received_attention";

class CvxtzTransformer final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = cvxtz_front();
    std::int64_t channels = 256, heads = 8, depth = 4, units = 652;
    double block_dropout = 0.3, dropout = 0.2;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 65536}, "width between the two dense layers of a transformer block");
      all.add("heads", heads, {1, 256}, "attention heads; a divisor of the width, the number of bands");
      all.add("depth", depth, {1, 64}, "transformer blocks");
      all.add("units", units, {1, 65536}, "width of the dense layer behind them");
      front.list(all);
      all.add("block_dropout", block_dropout, {0, 0.99},
              "dropout behind the positions and before the sums of a transformer block");
      all.add("dropout", dropout, {0, 0.99}, "dropout of the steps before their mean");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.front.mel.n_mels = extent_of(weights, "encoder.0.linear_1.weight", 1);
    options.channels = extent_of(weights, "encoder.0.linear_1.weight", 0);
    options.depth = count_layers(weights, "encoder.", ".linear_1.weight");
    options.heads = std::gcd(options.heads, options.front.mel.n_mels);
    options.units = extent_of(weights, "dense1.weight", 0);
    return extent_of(weights, "dense2.weight", 0);
  }

  static std::vector<OpenOption> open_options(const Options& options) {
    const Options published;
    return {{.key = "heads",
             .values = "N",
             .is_published = options.front.mel.n_mels == published.front.mel.n_mels &&
                             options.channels == published.channels && options.depth == published.depth}};
  }

  CvxtzTransformer(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = centred_level(features, std::sqrt(static_cast<double>(width_)));  // [N, 938, 128]
    x = block_dropout_.forward(positions_.forward(x));
    const bool with_weights = outputs.contains(kReceivedAttention);
    Outputs of_blocks(std::span(&kAttention, with_weights ? 1 : 0));
    x = encoder_.forward(x, of_blocks, {});
    if (with_weights)
      outputs.set(kReceivedAttention, mean(of_blocks[kAttention], {2, 3}));  // over heads and queries
    x = mean(dropout_.forward(x), {1});                                      // [N, 128]
    x = selu(dense1_.forward(x));                                            // [N, 652]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense2_.forward(x));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(),
            penultimate_info(options_.units),
            {.name = std::string(kReceivedAttention),
             .shape = {options_.depth, options_.front.frames()},
             .help = "attention of every block that a frame receives, the mean over heads and queries"}};
  }

 private:
  Options options_;
  std::int64_t width_ = options_.front.mel.n_mels;
  layers::Part<layers::SinusoidalPositions> positions_{*this, "positions", options_.front.frames(), width_};
  layers::Part<layers::Dropout> block_dropout_{*this, "block_dropout", options_.block_dropout};
  layers::Part<TransformerEncoder> encoder_{
      *this, "encoder", options_.depth, width_,
      layers::TransformerBlockOptions{.attention = {.heads = options_.heads},
                                      .feed_forward = options_.channels,
                                      .activation = layers::Activation::relu,
                                      .norm_place = layers::NormPlace::after,
                                      .norm_eps = 1e-6,
                                      .dropout = options_.block_dropout}};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense1_{*this, "dense1", width_, options_.units};
  layers::Part<layers::Linear> dense2_{*this, "dense2", options_.units, labels()};
};

}  // namespace

Architecture cvxtz_transformer_architecture() {
  return architecture_of<CvxtzTransformer>(
      {.name = "cvxtz_transformer",
       .summary = "4 transformer blocks on the frames of 30 s of log-mel, for 163 genres (CVxTz 2020)",
       .paper = "Mansar (CVxTz), \"Music genre classification: transformers vs recurrent neural networks\", "
                "2020"});
}

}  // namespace sonograd::models
