// The block that most spectrogram taggers are made of.
#pragma once

#include "layers/conv_norm.h"

namespace sonograd::layers {

/// 3x3 convolution (zero padding 1) -> batch norm -> ReLU -> max pooling: [N, T, F, in] -> [N, T/pool.t,
/// F/pool.f, out]. Parts: conv, bn. Training uses the fused conv2d_bn_stats and
/// bn_relu_pool, evaluation folds the norm into the convolution.
class ConvBlock : public Module {
 public:
  ConvBlock(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair pool);
  Variable forward(const Variable& x);

 private:
  void drop_derived() override { conv_norm_.drop(); }

  Conv2d conv_;
  BatchNorm bn_;
  kernels::Pair pool_;
  ConvNorm conv_norm_{conv_, bn_};
};

}  // namespace sonograd::layers
