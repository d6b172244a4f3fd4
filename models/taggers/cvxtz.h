// Common input of the networks of CVxTz: 30 s of decibels below the maximum of the chunk, shifted and scaled to -1 ... 1.
// Youness Mansar (CVxTz), "Music genre classification: transformers vs recurrent neural networks", 2020.
#pragma once

#include "autograd/ops/pointwise.h"
#include "models/backs/sequence.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {

/// 30 s at 16 kHz: 938 frames of 128 bands on the scale of Slaney, at most 80 dB below the maximum.
inline LogMelFront cvxtz_front() {
  return {.samples = 480000,
          .mel = {.sample_rate = 16000,
                  .n_fft = 2048,
                  .hop_length = 512,
                  .n_mels = 128,
                  .f_max = 8000,
                  .mel_scale = kernels::MelScale::slaney,
                  .mel_norm = kernels::MelNorm::slaney,
                  .db = {.top_db = 80},
                  .below_maximum = true}};
}

/// Levels of -80 to 0 dB [N, frames, bands, 1] -> [N, frames, bands] from -largest to largest: (level + 40) / 40 * largest.
inline Variable centred_level(const Variable& level, double largest) {
  const Variable x = merged_bands(level);
  const Variable middle(Tensor::full({1}, 40, x.dtype(), x.data().device()));
  return scale(add(x, middle), largest / 40);
}

}  // namespace sonograd::models
