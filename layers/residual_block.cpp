#include "layers/residual_block.h"

#include "autograd/ops/pointwise.h"
#include "autograd/ops/pool.h"
#include "layers/trace.h"

namespace sonograd::layers {

ResidualBlock::ResidualBlock(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair stride,
                             kernels::Pair pool)
    : pool_(pool),
      first_(*this, {"conv_1", "bn_1"}, in_channels, out_channels, 3, {.stride = stride, .padding = 1}),
      second_(*this, {"conv_2", "bn_2"}, out_channels, out_channels, 3, {.padding = 1}) {
  if (stride.t == 1 && stride.f == 1 && in_channels == out_channels) return;
  using Names = ConvNorm<Conv2d>::Names;
  shortcut_.emplace(*this, Names{"conv_3", "bn_3"}, in_channels, out_channels, 3,
                    Conv2dOptions{.stride = stride, .padding = 1});
}

Variable ResidualBlock::forward(const Variable& x) const {
  TraceScope trace(*this, "residual block, ", shortcut_ ? "3" : "2", " conv2d 3x3");
  const Variable a = second_.forward(first_.relu_pool(x, 1));
  const Variable around = shortcut_ ? shortcut_->forward(x) : x;
  const Variable sum = relu(add(around, a));
  return trace.output(pool_.t == 1 && pool_.f == 1 ? sum : max_pool2d(sum, pool_));
}

}  // namespace sonograd::layers
