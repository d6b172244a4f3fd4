// Residual block of the networks on log-mel maps (Won et al., SMC 2020; He et al., CVPR 2016).
#pragma once

#include "layers/conv_norm.h"

namespace sonograd::layers {

/// a = bn_2(conv_2(relu(bn_1(conv_1(x))))), out = max_pool(relu(shortcut(x) + a)), all convolutions 3x3 with padding 1;
/// conv_1 has the stride, windows of the pooling lie side by side. The shortcut is bn_3(conv_3(x)), 3x3 with the same stride,
/// when the stride is not 1 or the width changes, else x itself. [N, T, F, in] -> [N, floor(ceil(T/stride.t)/pool.t),
/// floor(ceil(F/stride.f)/pool.f), out]. Parts: conv_1 bn_1 conv_2 bn_2 [conv_3 bn_3].
class ResidualBlock : public Layer {
 public:
  ResidualBlock(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair stride,
                kernels::Pair pool = 1);
  Variable forward(const Variable& x) const override;

 private:
  kernels::Pair pool_;
  ConvNorm<Conv2d> first_, second_;
  std::optional<ConvNorm<Conv2d>> shortcut_;
};

}  // namespace sonograd::layers
