// Music Tagging Transformer: three residual blocks on log-mel at 22.05 kHz, then a transformer over the time that is left.
// Won, Choi, Serra, "Semi-supervised music tagging transformer", ISMIR 2021. The published teacher has a width of 256, the student
// of 64.
#include <numeric>

#include "autograd/ops/copy.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/positions.h"
#include "layers/residual_block.h"
#include "models/backs/transformer_encoder.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

// Names of the parts of a block in files, behind `transformer.layers.I.`.
constexpr std::pair<std::string_view, std::string_view> kTransformerNames[] = {
    {"attention.qkv", "0.fn.fn.to_qkv"}, {"attention.out", "0.fn.fn.to_out.0"}, {"norm_1", "0.fn.norm"},
    {"linear_1", "1.fn.fn.net.0"},       {"linear_2", "1.fn.fn.net.3"},         {"norm_2", "1.fn.norm"}};

constexpr std::int64_t kStudentWidth = 64;

// A chunk whose vectors have as many positions: the most whole seconds, or the longest where a second has too many.
std::int64_t samples_for(std::int64_t positions, const layers::LogMelOptions& mel) {
  const std::int64_t longest = (4 * positions + 3) * mel.hop_length - 1;
  return longest < mel.sample_rate ? longest : longest / mel.sample_rate * mel.sample_rate;
}

/// Log-mel maps to one vector for every four frames: [N, T, F, 1] -> [N, T / 4, width]. Parts: input_bn layer1 layer2 layer3 fc.
class Frontend : public layers::Layer {
 public:
  Frontend(std::int64_t bands, std::int64_t channels, std::int64_t width)
      : input_bn_(*this, "input_bn", 1),
        layer1_(*this, "layer1", 1, channels, 1, 2),
        layer2_(*this, "layer2", channels, channels, 1, 2),
        layer3_(*this, "layer3", channels, channels, 1, kernels::Pair(1, 2)),
        fc_(*this, "fc", bands / 8 * channels, width) {}

  Variable forward(const Variable& features) const override {
    Variable x = input_bn_.forward(features);  // [N, 431, 128, 1]
    x = layer1_.forward(x);                    // [N, 215, 64, 128]
    x = layer2_.forward(x);                    // [N, 107, 32, 128]
    x = layer3_.forward(x);                    // [N, 107, 16, 128]
    const Shape& shape = x.shape();
    return fc_.forward(reshape(x, {shape[0], shape[1], shape[2] * shape[3]}));  // [N, 107, 256]
  }

 private:
  layers::Part<layers::BatchNorm> input_bn_;
  layers::Part<layers::ResidualBlock> layer1_, layer2_, layer3_;
  layers::Part<layers::Linear> fc_;
};

class MusicTaggingTransformer final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = {
        .samples = 220500,
        .mel = {.sample_rate = 22050, .n_fft = 1024, .hop_length = 512, .n_mels = 128, .f_max = 11025}};
    std::int64_t channels = 128;
    std::int64_t width = 256;
    std::int64_t heads = 8;
    std::int64_t depth = 4;
    std::int64_t positions = 512;
    double dropout = 0.1;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the convolutions");
      all.add("width", width, {1, 4096}, "width of the transformer; published: 256 (teacher), 64 (student)");
      all.add("heads", heads, {1, 256}, "attention heads; a divisor of the width");
      all.add("depth", depth, {1, 64}, "transformer blocks");
      all.add("positions", positions, {1, 65536},
              "largest number of vectors from a chunk, one for every four frames");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout behind the positions and in the transformer blocks");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "frontend.layer1.conv_1.weight", 0);
    options.width = extent_of(weights, "cls_token", 0);
    options.depth = count_layers(weights, "transformer.layers.", ".1.fn.fn.net.3.weight");
    options.heads = std::gcd(options.heads, options.width);
    options.positions = extent_of(weights, "pos_embedding", 1) - 1;
    if (options.front.frames() / 4 > options.positions)
      options.front.samples = samples_for(options.positions, options.front.mel);
    return extent_of(weights, "mlp_head.1.weight", 0);
  }

  static std::vector<OpenOption> open_options(const Options& options) {
    const Options published;
    const bool is_size = options.width == published.width || options.width == kStudentWidth;
    return {{.key = "heads",
             .values = "N",
             .is_published =
                 is_size && options.channels == published.channels && options.depth == published.depth}};
  }

  MusicTaggingTransformer(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {
    if (options.front.frames() / 4 > options.positions) {
      throw ConfigError(concat("model.positions = ", options.positions, ": model.samples = ",
                               options.front.samples, " expects at least ", options.front.frames() / 4));
    }
  }

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = cls_token_.forward(frontend_.forward(features));  // [N, 108, 256]
    x = dropout_.forward(pos_embedding_.forward(x));               // [N, 108, 256]
    x = transformer_.forward(x, outputs,
                             [&](const Variable& c) { return head_.forward(head_norm_.forward(c)); });
    x = head_norm_.forward(first_token(x));  // [N, 256]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, head_.forward(x));
  }

  std::vector<OutputInfo> outputs() const override {
    const std::int64_t tokens = 1 + options_.front.frames() / 4;
    return {logits_info(), penultimate_info(options_.width), transformer_.token_logits_info(tokens, labels()),
            transformer_.attention_info(tokens)};
  }

  PublishedTensor published(const layers::StateInfo& entry) const override {
    if (entry.name == "frontend.fc.weight") return published_channel_major(entry, options_.channels);
    if (entry.name == "pos_embedding.table") return published_under(entry, entry.name, "pos_embedding");
    if (entry.name == "cls_token.token") return published_under(entry, entry.name, "cls_token");
    constexpr std::string_view kBlocks = "transformer.";
    if (!entry.name.starts_with(kBlocks)) return published_as_it_is(entry);
    const std::size_t end = entry.name.find('.', kBlocks.size()) + 1;
    const std::string block = entry.name.substr(0, end);
    for (const auto& [ours, theirs] : kTransformerNames) {
      if (std::string_view(entry.name).substr(end).starts_with(ours)) {
        return published_under(entry, concat(block, ours),
                               concat("transformer.layers.", block.substr(kBlocks.size()), theirs));
      }
    }
    return published_as_it_is(entry);
  }

 private:
  Options options_;
  layers::Part<layers::LearnedPositions> pos_embedding_{*this, "pos_embedding", 1 + options_.positions,
                                                        options_.width};
  layers::Part<layers::LearnedToken> cls_token_{*this, "cls_token", options_.width};
  layers::Part<Frontend> frontend_{*this, "frontend", options_.front.mel.n_mels, options_.channels,
                                   options_.width};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<TransformerEncoder> transformer_{
      *this, "transformer", options_.depth, options_.width,
      layers::TransformerBlockOptions{.attention = {.heads = options_.heads,
                                                    .projection = layers::Projection::joint,
                                                    .projection_bias = layers::Bias::none},
                                      .feed_forward = 4 * options_.width,
                                      .dropout = options_.dropout,
                                      .hidden_dropout = options_.dropout}};
  layers::Part<layers::LayerNorm> head_norm_{*this, "mlp_head.0", options_.width};
  layers::Part<layers::Linear> head_{*this, "mlp_head.1", options_.width, labels()};
};

}  // namespace

Architecture music_tagging_transformer_architecture() {
  return architecture_of<MusicTaggingTransformer>(
      {.name = "music_tagging_transformer",
       .summary = "3 residual blocks and a transformer on 10 s of log-mel at 22 kHz (Won et al. 2021)",
       .paper = "Won, Choi, Serra, \"Semi-supervised music tagging transformer\", ISMIR 2021"});
}

}  // namespace sonograd::models
