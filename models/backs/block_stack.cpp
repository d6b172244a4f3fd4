#include "models/backs/block_stack.h"

#include <algorithm>

#include "layers/conv_block.h"
#include "layers/residual_block.h"
#include "models/core/weights.h"

namespace sonograd::models {

void BlockOptions::list(OptionList& all) {
  all.add("channels", channels, {1, 4096}, "width of the first block; the others keep their proportion");
  all.add("dropout", dropout, {0, 0.99}, "dropout before the output layer");
  non_local.list(all);
}

void BlockOptions::read_sizes(const io::NamedTensors& weights, std::string_view name,
                              std::string_view first) {
  const std::string stack = concat(name, ".blocks.");
  channels = extent_of(weights, concat(stack, "0.", first), 0);
  non_local.read_places(weights, [&](std::int64_t layer) { return concat(stack, layer - 1, ".non_local"); });
}

MapExtents add_conv_blocks(layers::Sequential& blocks, const MapExtents& map, const BlockOptions& options) {
  MapExtents left = map;
  for (const BlockShape& shape : options.shapes) {
    const auto i = static_cast<std::int64_t>(blocks.size());
    const kernels::Pair pool = {std::min(shape.shrink.t, left.frames), std::min(shape.shrink.f, left.bands)};
    const std::int64_t out = shape.width * options.channels;
    blocks.emplace<WithNonLocal<layers::ConvBlock>>(std::to_string(i), options.non_local.behind(i + 1),
                                                    left.channels, out, pool);
    left = {left.frames / pool.t, left.bands / pool.f, out};
  }
  return left;
}

MapExtents add_residual_blocks(layers::Sequential& blocks, const MapExtents& map,
                               const BlockOptions& options) {
  MapExtents left = map;
  for (const BlockShape& shape : options.shapes) {
    const auto i = static_cast<std::int64_t>(blocks.size());
    const std::int64_t out = shape.width * options.channels;
    blocks.emplace<WithNonLocal<layers::ResidualBlock>>(std::to_string(i), options.non_local.behind(i + 1),
                                                        left.channels, out, shape.shrink);
    left = {(left.frames - 1) / shape.shrink.t + 1, (left.bands - 1) / shape.shrink.f + 1, out};
  }
  return left;
}

}  // namespace sonograd::models
