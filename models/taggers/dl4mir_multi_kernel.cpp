// dl4mir_multi_kernel: tall, square and wide kernels side by side, and three blocks of 3x3 convolutions, on 10 s of log-mel.
// Choi, Fazekas, Cho, Sandler, "A tutorial on deep learning for music information retrieval", arXiv:1709.04396, 2017; example 5-2 of its
// code, genre on FMA-small.
#include "autograd/ops/copy.h"
#include "autograd/ops/reduce.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/taggers/dl4mir.h"

namespace sonograd::models {
namespace {

class Dl4mirMultiKernel final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = dl4mir_front();
    std::int64_t channels = 7;
    double dropout = 0;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 1024}, "kernels of each shape; other blocks are three times as wide");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "tall.conv.weight", 0);
    return extent_of(weights, "dense.weight", 0);
  }

  Dl4mirMultiKernel(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = map_bn_.forward(features);                                   // [N, 625, 64, 1]
    x = concat({tall_.forward(x), square_.forward(x), wide_.forward(x)}, 3);  // [N, 313, 32, 21]
    x = block4_.forward(block3_.forward(block2_.forward(x)));                 // [N, 20, 2, 21]
    x = mean(x, {1, 2});                                                      // [N, 21]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(3 * c_)}; }

 private:
  using Block = layers::Part<Dl4mirBlock>;

  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::BatchNorm> map_bn_{*this, "map_bn", 1, kKerasNorm};
  Block tall_{*this, "tall", 1, c_, 2, kernels::Pair(3, 20)};
  Block square_{*this, "square", 1, c_, 2};
  Block wide_{*this, "wide", 1, c_, 2, kernels::Pair(20, 3)};
  Block block2_{*this, "block2", 3 * c_, 3 * c_, 2};
  Block block3_{*this, "block3", 3 * c_, 3 * c_, 2};
  Block block4_{*this, "block4", 3 * c_, 3 * c_, 4};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", 3 * c_, labels()};
};

}  // namespace

Architecture dl4mir_multi_kernel_architecture() {
  return architecture_of<Dl4mirMultiKernel>(
      {.name = "dl4mir_multi_kernel",
       .summary = "tall, square and wide kernels on 10 s of log-mel, genre (dl4mir tutorial 2017)",
       .paper =
           "Choi, Fazekas, Cho, Sandler, \"A tutorial on deep learning for music information retrieval\", "
           "arXiv:1709.04396, 2017"});
}

}  // namespace sonograd::models
