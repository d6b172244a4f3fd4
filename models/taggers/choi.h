// Common parts of the taggers of Choi et al. (2016, 2017): input and blocks.
// Choi, Fazekas, Sandler, Cho, "Convolutional recurrent neural networks for music classification", ICASSP 2017.
#pragma once

#include "layers/conv_unit.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {

/// The batch norm of Keras since 1.1.
inline constexpr layers::BatchNormOptions kKerasNorm = {.eps = 1e-3, .momentum = 0.01};

/// 29.12 s at 12 kHz: 1,366 frames of 96 bands on the scale of Slaney, within 80 dB of the maximum.
inline LogMelFront choi_front() {
  return {.samples = 349440,
          .mel = {.sample_rate = 12000,
                  .f_max = 6000,
                  .mel_scale = kernels::MelScale::slaney,
                  .mel_norm = kernels::MelNorm::slaney,
                  .db = {.top_db = 80}}};
}

/// Convolution, norm, ELU and maximum: 3x3 with padding 1 unless `kernel` and `padding` are given.
inline layers::ConvUnitOptions<layers::Conv2d> choi_block(kernels::Pair pool, kernels::Pair kernel = 3,
                                                          const kernels::Padding& padding = 1) {
  return {.kernel = kernel,
          .conv = {.padding = padding},
          .norm = kKerasNorm,
          .activation = layers::Activation::elu,
          .pool = pool};
}

}  // namespace sonograd::models
