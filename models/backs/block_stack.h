// Convolution blocks behind one another, on maps of every size, with non-local blocks between them.
#pragma once

#include <span>

#include "kernels/core/pair.h"
#include "layers/sequential.h"
#include "models/backs/non_local_places.h"
#include "models/core/map_extents.h"
#include "models/core/option_list.h"
#include "tensor/io/named_tensors.h"

namespace sonograd::models {

/// Width of a block in multiples of BlockOptions::channels, and the positions of time and frequency that it makes one.
struct BlockShape {
  std::int64_t width;
  kernels::Pair shrink;
};

/// The blocks of Short-chunk CNN (Won et al., SMC 2020): seven that halve time and frequency.
inline constexpr BlockShape kShortChunkBlocks[] = {{1, 2}, {1, 2}, {2, 2}, {2, 2}, {2, 2}, {2, 2}, {4, 2}};

/// Options of a back end that begins with blocks.
struct BlockOptions {
  std::span<const BlockShape> shapes;  ///< of the blocks; no option
  std::int64_t channels = 64;          ///< width of the first block
  double dropout = 0.5;
  NonLocalPlaces non_local{.last_layer = std::ssize(shapes)};

  /// `blocks` live as long as the program.
  explicit BlockOptions(std::span<const BlockShape> blocks) : shapes(blocks) {}

  void list(OptionList& all);
  /// Sets `channels`, the rows of the weight `first` of the first block, and the places of non-local blocks, from the tensors of
  /// the part `name`. Throws ModelError as `extent_of`.
  void read_sizes(const io::NamedTensors& weights, std::string_view name, std::string_view first);
  std::vector<OpenOption> open_options() const { return non_local.open_options(); }
};

/// Adds a ConvBlock for each of the shapes, under the names 0, 1, …; poolings never exceed what is left of the map. Returns the
/// extents behind them.
MapExtents add_conv_blocks(layers::Sequential& blocks, const MapExtents& map, const BlockOptions& options);
/// Likewise a ResidualBlock, whose strides leave at least one position.
MapExtents add_residual_blocks(layers::Sequential& blocks, const MapExtents& map,
                               const BlockOptions& options);

}  // namespace sonograd::models
