// Common parts of the genre networks of the dl4mir tutorial: input and blocks.
// Choi, Fazekas, Cho, Sandler, "A tutorial on deep learning for music information retrieval", arXiv:1709.04396, 2017.
#pragma once

#include "autograd/ops/pool.h"
#include "layers/conv_norm.h"
#include "layers/trace.h"
#include "models/backs/padded.h"
#include "models/taggers/choi.h"

namespace sonograd::models {

/// 10 s at 16 kHz in the frames of kapre 0.1: frame m of 625 covers 512 samples from 256 m - 128 on. The 128 samples before the 160,000
/// and behind them, zeros in kapre, are part of the chunk. 64 bands on the scale of Slaney, at most 80 dB below the maximum.
inline LogMelFront dl4mir_front() {
  LogMelFront front = choi_front();
  front.samples = 160000 + 256;
  front.mel.sample_rate = 16000;
  front.mel.n_mels = 64;
  front.mel.f_max = 8000;
  front.mel.center = false;
  front.mel.below_maximum = true;
  return front;
}

/// Zeros with which a convolution keeps the extents; of an odd number one more is behind (TensorFlow's "same").
inline kernels::Padding padding_of_same(kernels::Pair kernel) {
  return {(kernel.t - 1) / 2, kernel.t / 2, (kernel.f - 1) / 2, kernel.f / 2};
}

/// Convolution, norm, ReLU and maximum over windows side by side that reach over the edges (TensorFlow's "same"): [N, T, F, in] ->
/// [N, ceil(T' / pool.t), ceil(F' / pool.f), out], T' and F' behind the convolution. Parts: conv and bn.
class Dl4mirBlock : public layers::Layer {
 public:
  Dl4mirBlock(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair pool,
              kernels::Pair kernel = 3)
      : Dl4mirBlock(in_channels, out_channels, pool, kernel, padding_of_same(kernel)) {}
  Dl4mirBlock(std::int64_t in_channels, std::int64_t out_channels, kernels::Pair pool, kernels::Pair kernel,
              const kernels::Padding& padding)
      : pool_(pool),
        kernel_(kernel),
        padding_(padding),
        conv_(*this, {"conv", "bn"}, in_channels, out_channels, kernel, {.padding = padding},
              layers::Bias::learned, kKerasNorm) {}

  Variable forward(const Variable& x) const override {
    layers::TraceScope trace(*this, "conv2d ", kernel_, " + batch_norm + relu + max_pool ", pool_, " same");
    const std::int64_t frames = x.shape()[1] + padding_.t_before + padding_.t_after - kernel_.t + 1;
    const std::int64_t bands = x.shape()[2] + padding_.f_before + padding_.f_after - kernel_.f + 1;
    if (frames % pool_.t == 0 && bands % pool_.f == 0) return trace.output(conv_.relu_pool(x, pool_));
    // Zeros are above no value behind ReLU.
    const Variable y = padded_to_multiple(conv_.relu_pool(x, 1), 1, pool_.t);
    return trace.output(max_pool2d(padded_to_multiple(y, 2, pool_.f), pool_));
  }

 private:
  kernels::Pair pool_, kernel_;
  kernels::Padding padding_;
  layers::ConvNorm<layers::Conv2d> conv_;
};

}  // namespace sonograd::models
