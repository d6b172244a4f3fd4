// Common parts of the networks of DeepSound (2016, 2018): input, blocks, and the steps that three of them leave.
#pragma once

#include "layers/conv_unit.h"
#include "models/fronts/log_mel_network.h"

namespace sonograd::models {

/// 30.01 s at 22,050 Hz: 647 frames of 128 bands, the natural logarithm of the power.
inline LogMelFront deepsound_front() {
  return {.samples = 661794,
          .mel = {.sample_rate = 22050,
                  .n_fft = 2048,
                  .hop_length = 1024,
                  .n_mels = 128,
                  .f_max = 11025,
                  .mel_scale = kernels::MelScale::slaney,
                  .mel_norm = kernels::MelNorm::slaney,
                  .compression = layers::Compression::natural_clamped,
                  .db = {.amin = 1e-6}}};
}

/// Convolution over 5 frames, the norm if there is one, ReLU and maximum of 2: [N, T, in] -> [N, floor((T - 4) / 2), out].
inline layers::ConvUnitOptions<layers::Conv1d> five_frames(std::optional<layers::BatchNormOptions> norm) {
  return {.kernel = 5, .conv = {}, .norm = norm, .pool = 2};
}

/// Steps that three blocks leave.
inline std::int64_t steps_behind_blocks(std::int64_t frames) {
  for (int layer = 0; layer < 3; ++layer) frames = (frames - 4) / 2;
  return frames;
}

}  // namespace sonograd::models
