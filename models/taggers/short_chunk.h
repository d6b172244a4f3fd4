// The short-chunk networks: seven blocks that halve time and frequency, on 3.69 s of log-mel.
#pragma once

#include "layers/norm.h"
#include "models/backs/non_local_places.h"
#include "models/backs/short_chunk_head.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {

/// spec_bn -> layer1 … layer7 -> ShortChunkHead. `Block` is a layer made from channels in, channels out and the factor by which
/// it shrinks time and frequency.
template <class Block>
class ShortChunk : public LogMelNetwork {
 public:
  struct Options : ConvOptions {
    NonLocalPlaces non_local{.last_layer = 7};

    Options() : ConvOptions{.front = {.mel = {.n_mels = 128}}, .channels = 128, .dropout = 0.5} {}
    void list(OptionList& all) {
      ConvOptions::list(all);
      non_local.list(all);
    }
    /// As ConvOptions::read_sizes, with the places of non-local blocks.
    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view first, std::string_view last) {
      non_local.read_places(weights);
      return ConvOptions::read_sizes(weights, first, last);
    }
  };

  static std::vector<OpenOption> open_options(const Options& options) {
    return options.non_local.open_options();
  }

  ShortChunk(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  // The extents of ConvBlock; ResidualBlock rounds the halves up.
  void forward(const Variable& features, Outputs& outputs) const final {
    Variable x = spec_bn_.forward(features);  // [N, 231, 128, 1]
    x = layer1_.forward(x);                   // [N, 115, 64, 128]
    x = layer2_.forward(x);                   // [N, 57, 32, 128]
    x = layer3_.forward(x);                   // [N, 28, 16, 256]
    x = layer4_.forward(x);                   // [N, 14, 8, 256]
    x = layer5_.forward(x);                   // [N, 7, 4, 256]
    x = layer6_.forward(x);                   // [N, 3, 2, 256]
    x = layer7_.forward(x);                   // [N, 1, 1, 512]
    head_.forward(x, outputs);
  }

  std::vector<OutputInfo> outputs() const final { return {logits_info(), penultimate_info(4 * c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  layers::Part<WithNonLocal<Block>> layer1_{*this, "layer1", options_.non_local.behind(1), 1, c_, 2};
  layers::Part<WithNonLocal<Block>> layer2_{*this, "layer2", options_.non_local.behind(2), c_, c_, 2};
  layers::Part<WithNonLocal<Block>> layer3_{*this, "layer3", options_.non_local.behind(3), c_, 2 * c_, 2};
  layers::Part<WithNonLocal<Block>> layer4_{*this, "layer4", options_.non_local.behind(4), 2 * c_, 2 * c_, 2};
  layers::Part<WithNonLocal<Block>> layer5_{*this, "layer5", options_.non_local.behind(5), 2 * c_, 2 * c_, 2};
  layers::Part<WithNonLocal<Block>> layer6_{*this, "layer6", options_.non_local.behind(6), 2 * c_, 2 * c_, 2};
  layers::Part<WithNonLocal<Block>> layer7_{*this, "layer7", options_.non_local.behind(7), 2 * c_, 4 * c_, 2};
  ShortChunkHead head_{*this, 4 * c_, options_.dropout, labels()};
};

}  // namespace sonograd::models
