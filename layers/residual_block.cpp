#include "layers/residual_block.h"

#include "autograd/ops/pointwise.h"
#include "layers/trace.h"

namespace sonograd::layers {

ResidualBlock::ResidualBlock(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair stride)
    : first_(in_channels, out_channels, stride), second_(out_channels, out_channels, 1) {
  add_module("conv_1", first_.conv);
  add_module("bn_1", first_.bn);
  add_module("conv_2", second_.conv);
  add_module("bn_2", second_.bn);
  if (stride.t == 1 && stride.f == 1 && in_channels == out_channels) return;
  shortcut_ = std::make_unique<Branch>(in_channels, out_channels, stride);
  add_module("conv_3", shortcut_->conv);
  add_module("bn_3", shortcut_->bn);
}

Variable ResidualBlock::forward(const Variable& x) {
  TraceScope trace(*this, "residual block, ", shortcut_ ? "3" : "2", " conv2d 3x3");
  const Variable a = second_.conv_norm.forward(first_.conv_norm.relu_pool(x, 1));
  const Variable around = shortcut_ ? shortcut_->conv_norm.forward(x) : x;
  return trace.output(relu(add(around, a)));
}

void ResidualBlock::drop_derived() {
  first_.conv_norm.drop();
  second_.conv_norm.drop();
  if (shortcut_) shortcut_->conv_norm.drop();
}

}  // namespace sonograd::layers
