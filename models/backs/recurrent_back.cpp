// The back end `recurrent`: four convolutions that shrink frequency, and GRU layers over the time that is left, as in CRNN.
// Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017. Its poolings of
// frequency; time is divided by 8 instead of 96, so that chunks of a few seconds leave steps to the GRU.
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/recurrent.h"
#include "models/backs/back_kind.h"
#include "models/backs/block_stack.h"
#include "models/backs/sequence.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

constexpr BlockShape kCrnnBlocks[] = {{1, 2}, {2, {2, 3}}, {2, {2, 4}}, {2, {1, 4}}};

class RecurrentBack : public Back {
 public:
  struct Options : BlockOptions {
    std::int64_t units = 32, layers = 2;

    Options() : BlockOptions(kCrnnBlocks) {}
    void list(OptionList& all) {
      BlockOptions::list(all);
      all.add("gru_units", units, {1, 4096}, "width of the recurrent layers");
      all.add("gru_layers", layers, {1, 16}, "number of recurrent layers");
    }
    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name) {
      BlockOptions::read_sizes(weights, name, "conv.weight");
      units = extent_of(weights, concat(name, ".gru.weight_hh_l0"), 1);
      layers = count_layers(weights, concat(name, ".gru.weight_hh_l"));
      return extent_of(weights, concat(name, ".output.weight"), 0);
    }
  };

  RecurrentBack(const Options& options, const MapExtents& map, std::int64_t labels)
      : width_(options.units),
        gru_(*this, "gru", add_conv_blocks(blocks_, map, options).channels, width_,
             layers::RecurrentOptions{.layers = options.layers}),
        dropout_(*this, "dropout", options.dropout),
        output_(*this, "output", width_, labels) {}

  void forward(const Variable& map, Outputs& outputs) const override {
    const Variable x = last_step(gru_.forward(largest_band(blocks_.forward(map))));
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, output_.forward(dropout_.forward(x)));
  }
  std::int64_t width() const override { return width_; }

 private:
  std::int64_t width_;
  layers::Part<layers::Sequential> blocks_{*this, "blocks"};
  layers::Part<layers::Gru> gru_;
  layers::Part<layers::Dropout> dropout_;
  layers::Part<layers::Linear> output_;
};

}  // namespace

BackKind recurrent_back() {
  return back_kind_of<RecurrentBack>("recurrent", "four convolutions and a GRU", {"gru.weight_hh_l0"});
}

}  // namespace sonograd::models
