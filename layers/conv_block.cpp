#include "layers/conv_block.h"

#include "layers/trace.h"

namespace sonograd::layers {

ConvBlock::ConvBlock(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair pool)
    : conv_(in_channels, out_channels, 3, {.padding = 1}), bn_(out_channels), pool_(pool) {
  add_module("conv", conv_);
  add_module("bn", bn_);
}

Variable ConvBlock::forward(const Variable& x) {
  TraceScope trace(*this, "conv2d 3x3 + batch_norm + relu + max_pool ", pool_.t, "x", pool_.f);
  return trace.output(conv_norm_.relu_pool(x, pool_));
}

}  // namespace sonograd::layers
