// Common parts of Lachmish's networks: convolutions over windows and bands, with the frames of a window as channels.
// Lachmish, "MusicGenreClassification", GitHub, 2016.
#pragma once

#include "autograd/ops/pool.h"
#include "layers/conv_unit.h"
#include "layers/trace.h"
#include "models/backs/padded.h"
#include "models/fronts/windowed_log_mel.h"

namespace sonograd::models {

/// 599 windows at 22,050 Hz, 24.02 s: powers of 128 bands on the scale of Slaney.
inline WindowedFront lachmish_front(std::int64_t hop_length) {
  WindowedFront front;
  front.mel = {.sample_rate = 22050,
               .n_fft = 2048,
               .hop_length = hop_length,
               .n_mels = 128,
               .f_max = 11025,
               .mel_scale = kernels::MelScale::slaney,
               .mel_norm = kernels::MelNorm::slaney,
               .compression = layers::Compression::none};
  front.set_windows(599);
  return front;
}

/// 4x4 with a zero before and two behind, ReLU, and the maximum of `pool` positions of each axis, of which those at the ends may be
/// fewer: [N, T, F, in] -> [N, ceil(T / pool), ceil(F / pool), out].
class LachmishBlock : public layers::ConvUnit2d {
 public:
  LachmishBlock(std::int64_t in, std::int64_t out, std::int64_t pool)
      : ConvUnit(in, out, {.kernel = 4, .conv = {.padding = {1, 2, 1, 2}}, .norm = std::nullopt}),
        pool_(pool) {}

  Variable forward(const Variable& x) const override {
    layers::TraceScope trace(*this, "conv 4x4 + relu + max_pool ", pool_);
    // No value is below the zeros around them.
    const Variable y = padded_to_multiple(padded_to_multiple(ConvUnit::forward(x), 1, pool_), 2, pool_);
    return trace.output(max_pool2d(y, kernels::Pair(pool_)));
  }

 private:
  std::int64_t pool_;
};

/// Positions behind blocks with these poolings.
constexpr std::int64_t behind_poolings(std::int64_t positions, std::initializer_list<std::int64_t> pools) {
  for (const std::int64_t pool : pools) positions = (positions + pool - 1) / pool;
  return positions;
}

/// Sets the windows of weights whose dense layer has `inputs` inputs, where the blocks have `pools` and a step behind them has
/// `values` values. Other inputs are left to the check of sizes.
inline void set_windows_of(WindowedFront& front, std::int64_t inputs, std::int64_t values,
                           std::initializer_list<std::int64_t> pools) {
  const std::int64_t steps = inputs / values;
  if (steps < 1 || steps == behind_poolings(front.windows(), pools)) return;
  std::int64_t windows = steps;
  for (const std::int64_t pool : pools) windows *= pool;
  front.set_windows(windows);
}

}  // namespace sonograd::models
