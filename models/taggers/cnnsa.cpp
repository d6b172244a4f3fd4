// CNNSA: residual blocks on 15 s of log-mel, then self-attention over the time that is left.
// Won, Chun, Serra, "Toward interpretable music tagging with self-attention", arXiv 1906.04972 (2019), as implemented for Won et al.,
// "Evaluation of CNN-based automatic music tagging models", SMC 2020: the convolutions of Short-chunk CNN + Res, two blocks of BERT
// without positions, and a class token of random numbers that are not trained.
#include <numeric>
#include <random>

#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/positions.h"
#include "layers/residual_block.h"
#include "layers/trace.h"
#include "models/backs/non_local_places.h"
#include "models/backs/transformer_encoder.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

// Names of the parts of a block in files, behind `encoder.layer.I.`.
constexpr std::pair<std::string_view, std::string_view> kBertNames[] = {
    {"attention.query", "attention.self.query"},
    {"attention.key", "attention.self.key"},
    {"attention.value", "attention.self.value"},
    {"attention.out", "attention.output.dense"},
    {"norm_1", "attention.output.LayerNorm"},
    {"linear_1", "intermediate.dense"},
    {"linear_2", "output.dense"},
    {"norm_2", "output.LayerNorm"}};

// The first numbers in [0, 1) of NumPy's generator with seed 0, from two outputs each.
Tensor class_token(std::int64_t width) {
  std::mt19937 generator(0);
  const Tensor token = Tensor::empty({width});
  for (float& value : token.span<float>()) {
    const std::uint64_t high = generator() >> 5, low = generator() >> 6;
    value = static_cast<float>(static_cast<double>((high << 26) + low) * 0x1p-53);
  }
  return token;
}

/// tanh(dense(x)): [N, D] -> [N, D].
class Pooler : public layers::Layer {
 public:
  explicit Pooler(std::int64_t width) : dense_(*this, "dense", width, width) {}
  Variable forward(const Variable& x) const override {
    layers::TraceScope trace(*this, "linear + tanh");
    return trace.output(tanh(dense_.forward(x)));
  }

 private:
  layers::Part<layers::Linear> dense_;
};

class Cnnsa final : public LogMelNetwork {
 public:
  struct Options : ConvOptions {
    std::int64_t heads = 8;
    std::int64_t depth = 2;
    double block_dropout = 0.4;
    double attention_dropout = 0.5;
    NonLocalPlaces non_local{.last_layer = 7};

    Options()
        : ConvOptions{.front = {.samples = 240000, .mel = {.n_mels = 128}}, .channels = 128, .dropout = 0.5} {
    }
    void list(OptionList& all) {
      ConvOptions::list(all);
      all.add("heads", heads, {1, 256}, "attention heads; a divisor of the width, twice the channels");
      all.add("depth", depth, {1, 64}, "transformer blocks");
      all.add("block_dropout", block_dropout, {0, 0.99}, "dropout before the sums of a transformer block");
      all.add("attention_dropout", attention_dropout, {0, 0.99}, "dropout of attention weights");
      non_local.list(all);
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.depth = count_layers(weights, "encoder.layer.", ".output.dense.weight");
    options.non_local.read_places(weights);
    const std::int64_t labels = options.read_sizes(weights, "layer1.conv_1.weight", "dense.weight");
    options.heads = std::gcd(options.heads, 2 * options.channels);
    return labels;
  }
  static std::vector<OpenOption> open_options(const Options& options) {
    std::vector<OpenOption> open = options.non_local.open_options();
    const Options published;
    open.push_back(
        {.key = "heads",
         .values = "N",
         .is_published = options.channels == published.channels && options.depth == published.depth});
    return open;
  }

  Cnnsa(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = spec_bn_.forward(features);  // [N, 938, 128, 1]
    x = layer1_.forward(x);                   // [N, 469, 64, 128]
    x = layer2_.forward(x);                   // [N, 235, 32, 128]
    x = layer3_.forward(x);                   // [N, 118, 16, 256]
    x = layer4_.forward(x);                   // [N, 118, 8, 256]
    x = layer5_.forward(x);                   // [N, 118, 4, 256]
    x = layer6_.forward(x);                   // [N, 118, 2, 256]
    x = layer7_.forward(x);                   // [N, 118, 1, 256]
    if (x.shape()[2] != 1) {
      throw ShapeError(concat("[model] expected one frequency position before the transformer, got ",
                              x.shape()[2], "; choose another front_end.n_mels"));
    }
    x = token_.forward(reshape(x, {x.shape()[0], x.shape()[1], x.shape()[3]}));  // [N, 119, 256]
    const auto classifier = [&](const Variable& pooled) { return dense_.forward(dropout_.forward(pooled)); };
    x = encoder_.forward(x, outputs, [&](const Variable& c) { return classifier(pooler_.forward(c)); });
    x = pooler_.forward(first_token(x));  // [N, 256]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, classifier(x));
  }

  std::vector<OutputInfo> outputs() const override {
    const std::int64_t tokens = 1 + (options_.front.frames() + 7) / 8;
    return {logits_info(), penultimate_info(width_), encoder_.token_logits_info(tokens, labels()),
            encoder_.attention_info(tokens)};
  }

  PublishedTensor published(const layers::StateInfo& entry) const override {
    constexpr std::string_view kEncoder = "encoder.";
    if (!entry.name.starts_with(kEncoder)) return published_as_it_is(entry);
    const std::size_t end = entry.name.find('.', kEncoder.size()) + 1;
    const std::string block = entry.name.substr(0, end);
    for (const auto& [ours, theirs] : kBertNames) {
      if (std::string_view(entry.name).substr(end).starts_with(ours))
        return published_under(entry, concat(block, ours),
                               concat("encoder.layer.", block.substr(kEncoder.size()), theirs));
    }
    return published_as_it_is(entry);
  }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, width_ = 2 * c_;
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  layers::Part<WithNonLocal<layers::ResidualBlock>> layer1_{*this, "layer1", options_.non_local.behind(1),
                                                            1,     c_,       2};
  layers::Part<WithNonLocal<layers::ResidualBlock>> layer2_{*this, "layer2", options_.non_local.behind(2),
                                                            c_,    c_,       2};
  layers::Part<WithNonLocal<layers::ResidualBlock>> layer3_{*this, "layer3", options_.non_local.behind(3),
                                                            c_,    2 * c_,   2};
  layers::Part<WithNonLocal<layers::ResidualBlock>> layer4_{*this,  "layer4", options_.non_local.behind(4),
                                                            2 * c_, 2 * c_,   kernels::Pair(1, 2)};
  layers::Part<WithNonLocal<layers::ResidualBlock>> layer5_{*this,  "layer5", options_.non_local.behind(5),
                                                            2 * c_, 2 * c_,   kernels::Pair(1, 2)};
  layers::Part<WithNonLocal<layers::ResidualBlock>> layer6_{*this,  "layer6", options_.non_local.behind(6),
                                                            2 * c_, 2 * c_,   kernels::Pair(1, 2)};
  layers::Part<WithNonLocal<layers::ResidualBlock>> layer7_{*this,  "layer7", options_.non_local.behind(7),
                                                            2 * c_, 2 * c_,   kernels::Pair(1, 2)};
  layers::Part<layers::FixedToken> token_{*this, "token", class_token(width_)};
  layers::Part<TransformerEncoder> encoder_{
      *this, "encoder", options_.depth, width_,
      layers::TransformerBlockOptions{
          .attention = {.heads = options_.heads, .dropout = options_.attention_dropout},
          .feed_forward = 4 * width_,
          .norm_place = layers::NormPlace::after,
          .norm_eps = 1e-12,
          .dropout = options_.block_dropout}};
  layers::Part<Pooler> pooler_{*this, "pooler", width_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", width_, labels()};
};

}  // namespace

Architecture cnnsa_architecture() {
  return architecture_of<Cnnsa>(
      {.name = "cnnsa",
       .summary = "7 residual blocks and 2 blocks of self-attention on 15 s of log-mel (Won et al. 2019)",
       .paper = "Won, Chun, Serra, \"Toward interpretable music tagging with self-attention\", arXiv "
                "1906.04972, 2019"});
}

}  // namespace sonograd::models
