// Positions of the chunks in a clip: examples of fixed length.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/support/words.h"

namespace sonograd::audio {

/// Samples [start, start + length) of a clip. Shorter than the input of the model only if the clip is.
struct Chunk {
  std::int64_t start = 0;
  std::int64_t length = 0;
  friend bool operator==(const Chunk&, const Chunk&) = default;
};

/// Padding of a clip that is shorter than a chunk: the clip again, from its start, or silence.
enum class Pad { repeat, zero };

/// Chunks of `chunk` samples at i·hop, and one more at the right end unless the last already reaches it:
/// every sample is covered if hop <= chunk. A clip of `samples` <= `chunk` is one chunk. Throws ConfigError
/// unless samples >= 0, chunk >= 1 and hop >= 1.
std::vector<Chunk> chunk_positions(std::int64_t samples, std::int64_t chunk, std::int64_t hop);

/// The protocol of published results: `count` chunks at i·floor((samples − chunk) / count), which never reach
/// the end. A clip of `samples` <= `chunk` is one chunk. Throws ConfigError unless samples >= 0, chunk, count
/// >= 1.
std::vector<Chunk> equally_spaced_chunks(std::int64_t samples, std::int64_t chunk, std::int64_t count);

/// Fills `out`, as long as the input of the model, with the chunk of `clip`, and pads it. An empty clip is
/// silence.
void copy_chunk(std::span<const float> clip, Chunk chunk, Pad pad, std::span<float> out);

}  // namespace sonograd::audio

namespace sonograd {

template <>
inline constexpr auto kWords<audio::Pad> = std::to_array<Word<audio::Pad>>({{"repeat", audio::Pad::repeat},
                                                                            {"zero", audio::Pad::zero}});

}  // namespace sonograd
