// Residual block with squeeze-and-excitation of the sample-level network (Kim, Lee, Nam, "Sample-level CNN architectures for music
// auto-tagging using raw waveforms", ICASSP 2018).
#pragma once

#include "layers/conv_norm.h"
#include "layers/squeeze_excitation.h"

namespace sonograd::layers {

/// Extents of a ResidualSeBlock, in positions along time.
struct ResidualSeOptions {
  std::int64_t kernel = 3;
  std::int64_t stride = 1;  ///< of conv_1 and of the shortcut
  std::int64_t pool = 1;    ///< windows side by side
};

/// a = se(bn_2(conv_2(relu(bn_1(conv_1(x)))))), out = max_pool(relu(shortcut(x) + a)), with kernel / 2 zeros on both sides of every
/// convolution. The shortcut is bn_3(conv_3(x)), with the extents of conv_1, when the stride is not 1 or the width changes, else x
/// itself. [N, T, in] -> [N, floor(ceil(T / stride) / pool), out] for odd kernels. Parts: conv_1 bn_1 conv_2 bn_2 se [conv_3 bn_3];
/// `se` has as many hidden channels as `out`.
class ResidualSeBlock : public Layer {
 public:
  ResidualSeBlock(std::int64_t in_channels, std::int64_t out_channels, const ResidualSeOptions& options = {});
  Variable forward(const Variable& x) const override;

 private:
  ResidualSeOptions options_;
  ConvNorm<Conv1d> first_, second_;
  Part<SqueezeExcitation> gate_;
  std::optional<ConvNorm<Conv1d>> shortcut_;
};

}  // namespace sonograd::layers
