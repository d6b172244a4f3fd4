// dl4mir_cnn3x3: five blocks of 3x3 convolutions on 10 s of log-mel, and the mean over the map.
// Choi, Fazekas, Cho, Sandler, "A tutorial on deep learning for music information retrieval", arXiv:1709.04396, 2017; example 5-2 of its
// code, genre on FMA-small, a small form of the networks of Choi, Fazekas, Sandler, ISMIR 2016.
#include "autograd/ops/reduce.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/taggers/dl4mir.h"

namespace sonograd::models {
namespace {

class Dl4mirCnn3x3 final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = dl4mir_front();
    std::int64_t channels = 5;
    double dropout = 0;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 1024},
              "number of which the widths of the blocks are 2, 3, 3, 4 and 4 times");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "block1.conv.weight", 0) / 2;
    return extent_of(weights, "dense.weight", 0);
  }

  Dl4mirCnn3x3(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = block1_.forward(map_bn_.forward(features));  // [N, 313, 32, 10]
    x = block2_.forward(x);                                   // [N, 157, 16, 15]
    x = block3_.forward(x);                                   // [N, 79, 8, 15]
    x = block4_.forward(x);                                   // [N, 40, 4, 20]
    x = mean(block5_.forward(x), {1, 2});                     // [N, 20, 2, 20] -> [N, 20]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(4 * c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::BatchNorm> map_bn_{*this, "map_bn", 1, kKerasNorm};
  layers::Part<Dl4mirBlock> block1_{*this, "block1", 1, 2 * c_, 2};
  layers::Part<Dl4mirBlock> block2_{*this, "block2", 2 * c_, 3 * c_, 2};
  layers::Part<Dl4mirBlock> block3_{*this, "block3", 3 * c_, 3 * c_, 2};
  layers::Part<Dl4mirBlock> block4_{*this, "block4", 3 * c_, 4 * c_, 2};
  layers::Part<Dl4mirBlock> block5_{*this, "block5", 4 * c_, 4 * c_, 2};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", 4 * c_, labels()};
};

}  // namespace

Architecture dl4mir_cnn3x3_architecture() {
  return architecture_of<Dl4mirCnn3x3>(
      {.name = "dl4mir_cnn3x3",
       .summary = "5 convolutions of 3x3 on 10 s of log-mel, genre (dl4mir tutorial 2017)",
       .paper =
           "Choi, Fazekas, Cho, Sandler, \"A tutorial on deep learning for music information retrieval\", "
           "arXiv:1709.04396, 2017"});
}

}  // namespace sonograd::models
