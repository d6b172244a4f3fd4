// dl4mir_crnn: four convolutions and two recurrent layers on 10 s of log-mel, the rows of the map behind one another.
// Choi, Fazekas, Cho, Sandler, "A tutorial on deep learning for music information retrieval", arXiv:1709.04396, 2017; example 5-2 of its
// code, genre on FMA-small, a small form of the CRNN of Choi, Fazekas, Sandler, Cho, ICASSP 2017.
#include "autograd/ops/copy.h"
#include "layers/dropout.h"
#include "layers/keras_gru.h"
#include "layers/linear.h"
#include "models/backs/sequence.h"
#include "models/core/architecture.h"
#include "models/taggers/dl4mir.h"

namespace sonograd::models {
namespace {

// All steps of the lowest band, then those of the next one: [N, T, F, C] -> [N, F T, C].
Variable band_after_band(const Variable& map) {
  const Shape shape = map.shape();
  return reshape(permute(map, {0, 2, 1, 3}), {shape[0], shape[2] * shape[1], shape[3]});
}

class Dl4mirCrnn final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = dl4mir_front();
    std::int64_t channels = 21, units = 41;
    double dropout = 0.3;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 1024}, "width of the convolutions");
      all.add("gru_units", units, {1, 4096}, "width of the recurrent layers");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "block1.conv.weight", 0);
    options.units = extent_of(weights, "gru2.weight_hh", 1);
    return extent_of(weights, "dense.weight", 0);
  }

  Dl4mirCrnn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = block1_.forward(map_bn_.forward(features));   // [N, 313, 32, 21]
    x = block4_.forward(block3_.forward(block2_.forward(x)));  // [N, 20, 2, 21]
    x = gru2_.forward(gru1_.forward(band_after_band(x)));      // [N, 40, 41]
    x = last_step(x);
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(u_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels, u_ = options_.units;
  layers::Part<layers::BatchNorm> map_bn_{*this, "map_bn", 1, kKerasNorm};
  layers::Part<Dl4mirBlock> block1_{*this, "block1", 1, c_, 2};
  layers::Part<Dl4mirBlock> block2_{*this, "block2", c_, c_, 2};
  layers::Part<Dl4mirBlock> block3_{*this, "block3", c_, c_, 2};
  layers::Part<Dl4mirBlock> block4_{*this, "block4", c_, c_, 4};
  layers::Part<layers::KerasGru> gru1_{*this, "gru1", c_, u_};
  layers::Part<layers::KerasGru> gru2_{*this, "gru2", u_, u_};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", u_, labels()};
};

}  // namespace

Architecture dl4mir_crnn_architecture() {
  return architecture_of<Dl4mirCrnn>(
      {.name = "dl4mir_crnn",
       .summary = "4 convolutions and 2 GRU layers on 10 s of log-mel, genre (dl4mir tutorial 2017)",
       .paper =
           "Choi, Fazekas, Cho, Sandler, \"A tutorial on deep learning for music information retrieval\", "
           "arXiv:1709.04396, 2017"});
}

}  // namespace sonograd::models
