// Random changes of training examples. What happens to an example depends on the seed, the epoch and the
// example alone, never on its batch, the thread count or an interruption.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/random.h"
#include "tensor/tensor.h"
#include "train/config/settings.h"

namespace sonograd::train {

/// Rotates a chunk by up to `share` (0 to 1) of its length, either way: what leaves at one end enters at the
/// other.
void shift_in_time(std::span<float> chunk, double share, Random& random);

/// Weight in [0.5, 1] of an example in its mixture with another: max(l, 1 - l) with l from Beta(alpha,
/// alpha), alpha > 0 (Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018).
float mixup_weight(double alpha, Random& random);

/// Blanks bands of frequencies and stretches of time in log-mel maps [N, T, F, 1] with the mean of the example's
/// map, in place (Park et al., "SpecAugment", Interspeech 2019). `keys[n]` tells example n; the step of a key is its
/// epoch. Features of another rank have no bands and are left as they are.
void mask_features(const Tensor& features, std::span<const RandomKey> keys,
                   const Settings::Augment& settings);

}  // namespace sonograd::train
