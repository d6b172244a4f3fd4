// Random changes of training examples. They depend on the seed, the epoch and the example alone, never on its batch, the thread count or an interruption.
#pragma once

#include <cstdint>
#include <span>

#include "tensor/random.h"
#include "tensor/tensor.h"
#include "train/config/settings.h"

namespace sonograd::train {

/// Rotates a chunk by up to `share` (0 to 1) of its length, either way: samples that leave at one end enter at the
/// other. Returns the number of samples that came from the end to the beginning.
std::int64_t shift_in_time(std::span<float> chunk, double share, Random& random);
/// Rotates the targets [steps, labels] of a chunk by the whole number of steps next to a shift by `moved` of its `samples`.
void shift_targets(std::span<float> targets, std::int64_t steps, std::int64_t moved, std::int64_t samples);

/// Weight in [0.5, 1] of an example in its mixture with another: max(l, 1 - l) with l from Beta(alpha,
/// alpha), alpha > 0 (Zhang et al., "mixup: beyond empirical risk minimization", ICLR 2018).
float mixup_weight(double alpha, Random& random);

/// Masks bands of frequencies and intervals of time in log-mel maps [N, T, F, 1] with the mean of the example's
/// map, in place (Park et al., "SpecAugment", Interspeech 2019). `keys[n]` identifies example n; the step of a key is its
/// epoch. Features of another rank are unchanged.
void mask_features(const Tensor& features, std::span<const RandomKey> keys,
                   const Settings::Augment& settings);

}  // namespace sonograd::train
