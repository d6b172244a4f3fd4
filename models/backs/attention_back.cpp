// The back end `attention`: the residual blocks of CNNSA, a class token in front of the frames that they leave, and a transformer.
// Won, Chun, Serra, "Toward interpretable music tagging with self-attention", arXiv 1906.04972 (2019); positions and the order of
// norms as in Won, Choi, Serra, "Semi-supervised music tagging transformer", ISMIR 2021, but with sines for the positions, which
// suit a chunk of any length.
#include <numeric>

#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/positions.h"
#include "models/backs/back_kind.h"
#include "models/backs/block_stack.h"
#include "models/backs/sequence.h"
#include "models/backs/transformer_encoder.h"
#include "models/core/value_ranges.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

constexpr BlockShape kCnnsaBlocks[] = {{1, 2},      {1, 2},      {2, 2},     {2, {1, 2}},
                                       {2, {1, 2}}, {2, {1, 2}}, {2, {1, 2}}};

class AttentionBack : public Back {
 public:
  struct Options : BlockOptions {
    std::int64_t heads = 8, depth = 2;
    double attention_dropout = 0.1;

    Options() : BlockOptions(kCnnsaBlocks) {}
    void list(OptionList& all) {
      BlockOptions::list(all);
      all.add("heads", heads, {1, 256}, "attention heads; a divisor of the width, twice the channels");
      all.add("depth", depth, {1, 64}, "transformer blocks");
      all.add("attention_dropout", attention_dropout, {0, 0.99},
              "dropout behind the positions and in the transformer blocks");
    }
    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name) {
      BlockOptions::read_sizes(weights, name, "conv_1.weight");
      depth = count_layers(weights, concat(name, ".encoder."), ".linear_1.weight");
      heads = std::gcd(heads, 2 * channels);
      return extent_of(weights, concat(name, ".output.weight"), 0);
    }
    std::vector<OpenOption> open_options() const {
      std::vector<OpenOption> open = BlockOptions::open_options();
      open.push_back({.key = "heads", .values = "N"});
      return open;
    }
  };

  AttentionBack(const Options& options, const MapExtents& map, std::int64_t labels)
      : labels_(labels),
        left_(add_residual_blocks(blocks_, map, options)),
        token_(*this, "token", left_.channels),
        positions_(*this, "positions", checked_tokens(), left_.channels),
        position_dropout_(*this, "position_dropout", options.attention_dropout),
        encoder_(*this, "encoder", options.depth, left_.channels,
                 layers::TransformerBlockOptions{.attention = {.heads = options.heads},
                                                 .feed_forward = 4 * left_.channels,
                                                 .dropout = options.attention_dropout,
                                                 .hidden_dropout = options.attention_dropout}),
        norm_(*this, "norm", left_.channels),
        dropout_(*this, "dropout", options.dropout),
        output_(*this, "output", left_.channels, labels) {}

  void forward(const Variable& map, Outputs& outputs) const override {
    const Variable frames = largest_band(blocks_.forward(map));
    const Variable sequence = position_dropout_.forward(positions_.forward(token_.forward(frames)));
    const auto classifier = [&](const Variable& x) { return output_.forward(dropout_.forward(x)); };
    const Variable tokens = encoder_.forward(
        sequence, outputs, [&](const Variable& vectors) { return classifier(norm_.forward(vectors)); });
    const Variable x = norm_.forward(first_token(tokens));
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, classifier(x));
  }
  std::int64_t width() const override { return left_.channels; }
  std::vector<OutputInfo> outputs() const override {
    return {encoder_.token_logits_info(tokens(), labels_), encoder_.attention_info(tokens())};
  }

 private:
  std::int64_t tokens() const { return 1 + left_.frames; }
  // The positions are a table of one vector for each token.
  std::int64_t checked_tokens() const {
    if (static_cast<double>(tokens() * left_.channels) <= kMostMapValues) return tokens();
    throw ShapeError(concat("[attention] expected a sequence of at most ", kMostMapValues, " values, got ",
                            tokens(), " tokens x ", left_.channels));
  }

  std::int64_t labels_;

  layers::Part<layers::Sequential> blocks_{*this, "blocks"};
  MapExtents left_;
  layers::Part<layers::LearnedToken> token_;
  layers::Part<layers::SinusoidalPositions> positions_;
  layers::Part<layers::Dropout> position_dropout_;
  layers::Part<TransformerEncoder> encoder_;
  layers::Part<layers::LayerNorm> norm_;
  layers::Part<layers::Dropout> dropout_;
  layers::Part<layers::Linear> output_;
};

}  // namespace

BackKind attention_back() {
  return back_kind_of<AttentionBack>("attention", "seven residual blocks and a transformer",
                                     {"encoder.0.linear_1.weight"});
}

}  // namespace sonograd::models
