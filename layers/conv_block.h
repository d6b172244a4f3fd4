// Convolution block of the spectrogram taggers.
#pragma once

#include "layers/conv_unit.h"

namespace sonograd::layers {

/// 3x3 convolution (zero padding 1) -> batch norm -> ReLU -> max pooling: [N, T, F, in] -> [N, floor(T/pool.t),
/// floor(F/pool.f), out]. Parts: conv, bn.
class ConvBlock : public ConvUnit2d {
 public:
  ConvBlock(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair pool)
      : ConvUnit2d(in_channels, out_channels, {.pool = pool}) {}
};

}  // namespace sonograd::layers
