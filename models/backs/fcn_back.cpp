// The back end `fcn`: five convolutions with wide poolings, the maximum of what they leave, and a dense layer.
// Choi, Fazekas, Sandler, "Automatic tagging using deep convolutional neural networks", ISMIR 2016.
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/pool.h"
#include "models/backs/back_kind.h"
#include "models/backs/block_stack.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

constexpr BlockShape kFcnBlocks[] = {{1, {4, 2}}, {2, {4, 2}}, {2, {4, 2}}, {2, {5, 3}}, {1, {4, 4}}};

class FcnBack : public Back {
 public:
  struct Options : BlockOptions {
    Options() : BlockOptions(kFcnBlocks) {}
    std::int64_t read_sizes(const io::NamedTensors& weights, std::string_view name) {
      BlockOptions::read_sizes(weights, name, "conv.weight");
      return extent_of(weights, concat(name, ".dense.weight"), 0);
    }
  };

  FcnBack(const Options& options, const MapExtents& map, std::int64_t labels)
      : width_(options.channels),
        dropout_(*this, "dropout", options.dropout),
        dense_(*this, "dense", width_, labels) {
    add_conv_blocks(blocks_, map, options);
  }

  void forward(const Variable& map, Outputs& outputs) const override {
    const Variable x = pool_.forward(blocks_.forward(map));
    outputs.set(kPenultimate, x);
    outputs.set(kLogits, dense_.forward(dropout_.forward(x)));
  }
  std::int64_t width() const override { return width_; }

 private:
  std::int64_t width_;
  layers::Part<layers::Sequential> blocks_{*this, "blocks"};
  layers::Part<layers::GlobalMaxPool> pool_{*this, "pool"};
  layers::Part<layers::Dropout> dropout_;
  layers::Part<layers::Linear> dense_;
};

}  // namespace

BackKind fcn_back() {
  return back_kind_of<FcnBack>("fcn", "five convolutions with wide poolings",
                               {"blocks.0.conv.weight", "dense.weight"});
}

}  // namespace sonograd::models
