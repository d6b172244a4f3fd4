// Ranges of numbers that model files and settings share: a value is allowed in both or in neither.
#pragma once

#include <cstdint>
#include <string_view>

#include "tensor/support/range.h"

namespace sonograd::models {

inline constexpr NumberRange kChunkCount{0, 100000};
/// Chunks that go through a network together; 0: a minute of sound.
inline constexpr NumberRange kChunkBatch{0, 4096};
/// Seconds between the starts of two chunks; 0: the length of a chunk. `hop_in_samples` narrows it to a sample and a chunk of the
/// network; files written before it did may contain gaps between chunks.
inline constexpr NumberRange kHopSeconds{0, 86400};
inline constexpr NumberRange kThreshold{0, 1};
inline constexpr NumberRange kThreads{0, 4096};

/// Values of a log-mel map, frames x bands: of one chunk, and for each second of sound.
inline constexpr double kMostMapValues = 1 << 24, kMostMapValuesPerSecond = 1 << 21;
/// Throws ConfigError for more: `per_sample` values for each sample of chunks of `samples`. `cause`: the options that make them,
/// as "front_end.n_mels = 96 with front_end.hop_length = 1 makes".
void check_map_values(std::string_view cause, double per_sample, std::int64_t samples,
                      std::int64_t sample_rate);
/// Values of the output of a layer for one chunk: 1 GiB in float32.
inline constexpr std::int64_t kMostLayerValues = 1 << 28;

}  // namespace sonograd::models
