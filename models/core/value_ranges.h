// Ranges of numbers that model files and settings share: a value is allowed in both or in neither.
#pragma once

#include "tensor/support/range.h"

namespace sonograd::models {

inline constexpr NumberRange kChunkCount{0, 100000};
/// Seconds between the starts of two chunks; 0: the length of a chunk. Closer ones cost time and add nothing.
inline constexpr NumberRange kHopSeconds{0.01, 86400, true};
inline constexpr NumberRange kThreshold{0, 1};
inline constexpr NumberRange kThreads{0, 4096};

/// Values of a log-mel map, frames x bands: of one chunk, and for each second of sound.
inline constexpr double kMostMapValues = 1 << 24, kMostMapValuesPerSecond = 1 << 21;

}  // namespace sonograd::models
