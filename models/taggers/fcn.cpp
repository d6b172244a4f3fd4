// FCN: fully convolutional network on a log-mel map of the whole clip.
// Choi, Fazekas, Sandler, "Automatic tagging using deep convolutional neural networks", ISMIR 2016, as
// implemented for Won et al., "Evaluation of CNN-based automatic music tagging models", SMC 2020 (five
// layers, 29 s at 16 kHz).
#include "layers/conv_block.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/backs/flatten.h"
#include "models/backs/non_local_places.h"
#include "models/core/architecture.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {
namespace {

class Fcn final : public LogMelNetwork {
 public:
  struct Options : ConvOptions {
    NonLocalPlaces non_local{.last_layer = 5};

    Options() : ConvOptions{.front = {.samples = 464000}, .channels = 64, .dropout = 0.5} {}
    void list(OptionList& all) {
      ConvOptions::list(all);
      non_local.list(all);
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.non_local.read_places(weights);
    return options.read_sizes(weights, "layer1.conv.weight", "dense.weight");
  }
  static std::vector<OpenOption> open_options(const Options& options) {
    return options.non_local.open_options();
  }

  Fcn(const Options& options, std::int64_t labels)
      : LogMelNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = spec_bn_.forward(features);  // [N, 1813, 96, 1]
    x = layer1_.forward(x);                   // [N, 453, 48, 64]
    x = layer2_.forward(x);                   // [N, 113, 24, 128]
    x = layer3_.forward(x);                   // [N, 28, 12, 128]
    x = layer4_.forward(x);                   // [N, 5, 4, 128]
    x = flatten_single(layer5_.forward(x));   // [N, 64]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override { return {logits_info(), penultimate_info(c_)}; }

 private:
  Options options_;
  std::int64_t c_ = options_.channels;
  layers::Part<layers::BatchNorm> spec_bn_{*this, "spec_bn", 1};
  layers::Part<WithNonLocal<layers::ConvBlock>> layer1_{*this, "layer1", options_.non_local.behind(1),
                                                        1,     c_,       kernels::Pair(4, 2)};
  layers::Part<WithNonLocal<layers::ConvBlock>> layer2_{*this, "layer2", options_.non_local.behind(2),
                                                        c_,    2 * c_,   kernels::Pair(4, 2)};
  layers::Part<WithNonLocal<layers::ConvBlock>> layer3_{*this,  "layer3", options_.non_local.behind(3),
                                                        2 * c_, 2 * c_,   kernels::Pair(4, 2)};
  layers::Part<WithNonLocal<layers::ConvBlock>> layer4_{*this,  "layer4", options_.non_local.behind(4),
                                                        2 * c_, 2 * c_,   kernels::Pair(5, 3)};
  layers::Part<WithNonLocal<layers::ConvBlock>> layer5_{*this,  "layer5", options_.non_local.behind(5),
                                                        2 * c_, c_,       kernels::Pair(4, 4)};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense_{*this, "dense", c_, labels()};
};

}  // namespace

Architecture fcn_architecture() {
  return architecture_of<Fcn>(
      {.name = "fcn",
       .summary = "5-layer fully convolutional network on 29 s of log-mel (Choi et al. 2016)",
       .paper = "Choi, Fazekas, Sandler, \"Automatic tagging using deep convolutional neural networks\", "
                "ISMIR 2016"});
}

}  // namespace sonograd::models
