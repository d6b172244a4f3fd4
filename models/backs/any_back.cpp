#include "models/backs/any_back.h"

#include <algorithm>
#include <span>

#include "autograd/ops/pool.h"
#include "layers/conv_block.h"
#include "layers/dropout.h"
#include "layers/linear.h"
#include "layers/pool.h"
#include "layers/residual_block.h"
#include "layers/sequential.h"
#include "models/backs/short_chunk_head.h"
#include "models/core/weights.h"

namespace sonograd::models {
namespace {

constexpr std::int64_t kShortChunkWidths[] = {1, 1, 2, 2, 2, 2, 4}, kFcnWidths[] = {1, 2, 2, 2, 1};
constexpr kernels::Pair kHalves[] = {2, 2, 2, 2, 2, 2, 2},
                        kFcnPools[] = {{4, 2}, {4, 2}, {4, 2}, {5, 3}, {4, 4}};

// Blocks of convolutions, whose poolings never exceed what is left of the map.
void add_blocks(layers::Sequential& blocks, const MapExtents& map, std::int64_t channels,
                std::span<const std::int64_t> widths, std::span<const kernels::Pair> pools) {
  kernels::Pair left = {map.frames, map.bands};
  std::int64_t in = map.channels;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const kernels::Pair pool = {std::min(pools[i].t, left.t), std::min(pools[i].f, left.f)};
    const std::int64_t out = widths[i] * channels;
    blocks.emplace<layers::ConvBlock>(std::to_string(i), in, out, pool);
    left = {left.t / pool.t, left.f / pool.f};
    in = out;
  }
}

// Strides leave at least one position.
void add_residual_blocks(layers::Sequential& blocks, const MapExtents& map, std::int64_t channels) {
  std::int64_t in = map.channels;
  for (std::size_t i = 0; i < std::size(kShortChunkWidths); ++i) {
    const std::int64_t out = kShortChunkWidths[i] * channels;
    blocks.emplace<layers::ResidualBlock>(std::to_string(i), in, out, 2);
    in = out;
  }
}

class ShortChunkBack : public Back {
 public:
  ShortChunkBack(const AnyBack& options, const MapExtents& map, std::int64_t labels)
      : width_(4 * options.channels), head_(*this, width_, options.dropout, labels) {
    if (options.kind == BackKind::residual) {
      add_residual_blocks(blocks_, map, options.channels);
    } else {
      add_blocks(blocks_, map, options.channels, kShortChunkWidths, kHalves);
    }
  }
  void forward(const Variable& map, Outputs& outputs) const override {
    Variable x = blocks_.forward(map);
    if (x.shape()[2] > 1) x = max_pool2d(x, kernels::Pair(1, x.shape()[2]));
    head_.forward(x, outputs);
  }
  std::int64_t width() const override { return width_; }

 private:
  std::int64_t width_;
  layers::Part<layers::Sequential> blocks_{*this, "blocks"};
  ShortChunkHead head_;
};

class FcnBack : public Back {
 public:
  FcnBack(const AnyBack& options, const MapExtents& map, std::int64_t labels)
      : width_(options.channels),
        dropout_(*this, "dropout", options.dropout),
        dense_(*this, "dense", width_, labels) {
    add_blocks(blocks_, map, options.channels, kFcnWidths, kFcnPools);
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

void AnyBack::list(OptionList& all) {
  all.add("back", kind, {{"vgg", BackKind::vgg}, {"residual", BackKind::residual}, {"fcn", BackKind::fcn}},
          "back end: seven convolutions, seven residual blocks, or five convolutions with wide poolings");
  all.add("channels", channels, {1, 4096}, "width of the first block; the others keep their proportion");
  all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
}

std::unique_ptr<const Back> AnyBack::make(layers::Module& parent, std::string_view name,
                                          const MapExtents& map, std::int64_t labels) const {
  if (kind == BackKind::fcn) return std::make_unique<layers::Part<FcnBack>>(parent, name, *this, map, labels);
  return std::make_unique<layers::Part<ShortChunkBack>>(parent, name, *this, map, labels);
}

std::int64_t AnyBack::read_sizes(const io::NamedTensors& weights, std::string_view name) {
  const std::string first = concat(name, ".blocks.0.conv_1.weight"), dense = concat(name, ".dense.weight");
  if (weights.contains(first)) {
    kind = BackKind::residual;
    channels = extent_of(weights, first, 0);
  } else {
    kind = weights.contains(dense) ? BackKind::fcn : BackKind::vgg;
    channels = extent_of(weights, concat(name, ".blocks.0.conv.weight"), 0);
  }
  return extent_of(weights, kind == BackKind::fcn ? dense : concat(name, ".dense2.weight"), 0);
}

}  // namespace sonograd::models
