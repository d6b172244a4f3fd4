// cvxtz_gru: two bidirectional GRU layers on 30 s of log-mel, and the mean over time.
// Youness Mansar (CVxTz), "Music genre classification: transformers vs recurrent neural networks", 2020: the recurrent one of two
// networks of about equal size.
#include "autograd/ops/reduce.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/recurrent.h"
#include "models/core/architecture.h"
#include "models/taggers/cvxtz.h"

namespace sonograd::models {
namespace {

class CvxtzGru final : public LogMelNetwork {
 public:
  struct Options {
    LogMelFront front = cvxtz_front();
    std::int64_t channels = 128, depth = 2, units = 652;
    double dropout = 0.2;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of a recurrent layer in each direction");
      all.add("depth", depth, {1, 16}, "recurrent layers");
      all.add("units", units, {1, 65536}, "width of the dense layer");
      front.list(all);
      all.add("dropout", dropout, {0, 0.99}, "dropout of the steps before their mean");
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.front.mel.n_mels = extent_of(weights, "gru.weight_ih_l0", 1);
    options.channels = extent_of(weights, "gru.weight_hh_l0", 1);
    options.depth = count_layers(weights, "gru.weight_hh_l");
    options.units = extent_of(weights, "dense1.weight", 0);
    return extent_of(weights, "dense2.weight", 0);
  }

  CvxtzGru(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = gru_.forward(centred_level(features, 1));  // [N, 938, 128] -> [N, 938, 256]
    x = mean(dropout_.forward(x), {1});                     // [N, 256]
    x = selu(dense1_.forward(x));                           // [N, 652]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense2_.forward(x));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.units)};
  }

 private:
  Options options_;
  layers::Part<layers::Gru> gru_{*this, "gru", options_.front.mel.n_mels, options_.channels,
                                 layers::RecurrentOptions{.layers = options_.depth, .bidirectional = true}};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense1_{*this, "dense1", 2 * options_.channels, options_.units};
  layers::Part<layers::Linear> dense2_{*this, "dense2", options_.units, labels()};
};

}  // namespace

Architecture cvxtz_gru_architecture() {
  return architecture_of<CvxtzGru>(
      {.name = "cvxtz_gru",
       .summary = "2 bidirectional GRU layers on 30 s of log-mel, for 163 genres (CVxTz 2020)",
       .paper = "Mansar (CVxTz), \"Music genre classification: transformers vs recurrent neural networks\", "
                "2020"});
}

}  // namespace sonograd::models
