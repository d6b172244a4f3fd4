// kaist_embedding: one linear layer on 3 s of log-mel, whose output is the embedding itself.
// Lee, Choi, Kim, homework of the courses GCT634 and AI613, KAIST, 2021 and 2022: the baseline of metric learning (question 3).
#include "autograd/ops/copy.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/norm.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

class KaistEmbedding final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = {.samples = 48000};
    std::int64_t channels = 4096;
    double dropout = 0;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 65536}, "width of the embedding");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout of the logits");
    }
  };

  /// The tensors do not contain the number of labels, at most the width; that width is it.
  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "dense.weight", 0);
    return options.channels;
  }

  KaistEmbedding(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    // All frames of the lowest band, then those of the next one.
    Variable x = permute(input_bn_.forward(features), {0, 2, 1, 3});  // [N, 96, 188, 1]
    x = reshape(x, {x.shape()[0], x.shape()[1] * x.shape()[2]});      // [N, 18048]
    x = dense_.forward(x);                                            // [N, 4096]
    outputs.set(kPenultimate, x);
    if (outputs.contains(kLogits)) outputs.set(kLogits, slice(dropout_.forward(x), 1, 0, labels()));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.channels)};
  }

 private:
  Options options_;
  layers::Part<layers::BatchNorm> input_bn_{*this, "input_bn", 1};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", options_.front.frames() * options_.front.mel.n_mels,
                                      options_.channels};
};

}  // namespace

Architecture kaist_embedding_architecture() {
  return architecture_of<KaistEmbedding>(
      {.name = "kaist_embedding",
       .summary = "a linear embedding of 3 s of log-mel, for metric learning (KAIST 2021)",
       .paper = "Lee, Choi, Kim, homework of the courses GCT634 and AI613, KAIST, 2021"});
}

}  // namespace sonograd::models
