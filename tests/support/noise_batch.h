// A batch for training steps in tests.
#pragma once

#include "tensor/random.h"
#include "train/data/batcher.h"

namespace sonograd::train {

/// Noise, with four targets of ten set; equal arguments give equal batches.
inline Batch noise_batch(std::int64_t examples, std::int64_t samples, std::int64_t labels) {
  Random random({.seed = 1, .stream = RandomStream::test});
  Batch batch;
  batch.keys.resize(static_cast<std::size_t>(examples));
  for (std::size_t i = 0; i < batch.keys.size(); ++i) batch.keys[i].example = static_cast<std::uint32_t>(i);
  for (std::int64_t i = 0; i < examples * samples; ++i)
    batch.waveforms.push_back(random.uniform(-0.5f, 0.5f));
  for (std::int64_t i = 0; i < examples * labels; ++i) batch.targets.push_back(random.uniform() < 0.4f);
  return batch;
}

}  // namespace sonograd::train
