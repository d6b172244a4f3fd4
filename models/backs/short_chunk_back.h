// Base of the back ends of the short-chunk networks.
#pragma once

#include "autograd/ops/pool.h"
#include "models/backs/back_kind.h"
#include "models/backs/block_stack.h"
#include "models/backs/short_chunk_head.h"

namespace sonograd::models {

/// Blocks, the maximum over the frequency that is left, and a ShortChunkHead: part `blocks`, and those of the head.
class ShortChunkBack : public Back {
 public:
  ShortChunkBack(const BlockOptions& options, std::int64_t labels)
      : width_(kShortChunkBlocks[std::size(kShortChunkBlocks) - 1].width * options.channels),
        head_(*this, width_, options.dropout, labels) {}

  void forward(const Variable& map, Outputs& outputs) const final {
    Variable x = blocks_.forward(map);
    if (x.shape()[2] > 1) x = max_pool2d(x, kernels::Pair(1, x.shape()[2]));
    head_.forward(x, outputs);
  }
  std::int64_t width() const final { return width_; }

 protected:
  /// Empty at first.
  layers::Sequential& blocks() { return blocks_; }

 private:
  std::int64_t width_;
  layers::Part<layers::Sequential> blocks_{*this, "blocks"};
  ShortChunkHead head_;
};

}  // namespace sonograd::models
