// lachmish_cnn: three convolutions of 4x4 on the mel powers of 599 windows of 100 ms, and a wide dense layer.
// Lachmish, "MusicGenreClassification", GitHub, 2016, after Dieleman's network of 2014, whose numbers of steps, 149, 73 and 35, became
// numbers of channels here.
#include "autograd/ops/copy.h"
#include "autograd/ops/pointwise.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "models/core/architecture.h"
#include "models/taggers/lachmish.h"

namespace sonograd::models {
namespace {

class LachmishCnn final : public WindowedNetwork {
 public:
  struct Options {
    WindowedFront front = lachmish_front(2048);
    std::int64_t channels = 149, channels2 = 73, channels3 = 35, units = 8192;
    double block_dropout = 0.25, dropout = 0.25;

    void list(OptionList& all) {
      all.add("channels", channels, {1, 4096}, "width of the first convolution");
      all.add("channels2", channels2, {1, 4096}, "width of the second convolution");
      all.add("channels3", channels3, {1, 4096}, "width of the third convolution");
      all.add("units", units, {1, 65536}, "width of the dense layer");
      front.list(all);
      all.add("block_dropout", block_dropout, {0, 0.99}, "dropout behind every convolution");
      all.add("dropout", dropout, {0, 0.99}, "dropout behind the dense layer");
    }
    /// Numbers before the dense layers.
    std::int64_t inputs() const {
      return behind_poolings(front.windows(), {4, 2, 2}) * behind_poolings(front.mel.n_mels, {4, 2, 2}) *
             channels3;
    }
  };

  static std::int64_t sizes_of(const io::NamedTensors& weights, Options& options) {
    options.front.read_sizes(weights);
    options.channels = extent_of(weights, "layer1.conv.weight", 0);
    options.channels2 = extent_of(weights, "layer2.conv.weight", 0);
    options.channels3 = extent_of(weights, "layer3.conv.weight", 0);
    options.units = extent_of(weights, "dense1.weight", 0);
    set_windows_of(options.front, extent_of(weights, "dense1.weight", 1),
                   behind_poolings(options.front.mel.n_mels, {4, 2, 2}) * options.channels3, {4, 2, 2});
    return extent_of(weights, "dense2.weight", 0);
  }

  LachmishCnn(const Options& options, std::int64_t labels)
      : WindowedNetwork(options.front, labels), options_(options) {}

  void forward(const Variable& features, Outputs& outputs) const override {
    Variable x = permute(windows_of(features), {0, 1, 3, 2});        // [N, 599, 128, 2]
    x = block_dropout_.forward(layer1_.forward(x));                  // [N, 150, 32, 149]
    x = block_dropout_.forward(layer2_.forward(x));                  // [N, 75, 16, 73]
    x = block_dropout_.forward(layer3_.forward(x));                  // [N, 38, 8, 35]
    x = relu(dense1_.forward(reshape(x, {x.shape()[0], inputs_})));  // [N, 8192]
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense2_.forward(dropout_.forward(x)));
  }

  std::vector<OutputInfo> outputs() const override {
    return {logits_info(), penultimate_info(options_.units)};
  }

 private:
  Options options_;
  std::int64_t inputs_ = options_.inputs();
  layers::Part<LachmishBlock> layer1_{*this, "layer1", options_.front.frames(), options_.channels, 4};
  layers::Part<LachmishBlock> layer2_{*this, "layer2", options_.channels, options_.channels2, 2};
  layers::Part<LachmishBlock> layer3_{*this, "layer3", options_.channels2, options_.channels3, 2};
  layers::Part<layers::Dropout> block_dropout_{*this, "block_dropout", options_.block_dropout};
  layers::Part<layers::Linear> dense1_{*this, "dense1", inputs_, options_.units};
  layers::Part<layers::Dropout> dropout_{*this, "dropout", options_.dropout};
  layers::Part<layers::Linear> dense2_{*this, "dense2", options_.units, labels()};
};

}  // namespace

Architecture lachmish_cnn_architecture() {
  return architecture_of<LachmishCnn>(
      {.name = "lachmish_cnn",
       .summary = "3 convolutions of 4x4 on 599 windows of 100 ms of mel powers (Lachmish 2016)",
       .paper = "Lachmish, \"MusicGenreClassification\", GitHub, 2016"});
}

}  // namespace sonograd::models
