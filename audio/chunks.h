// Positions of the chunks in a clip: examples of fixed length.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/support/words.h"

namespace sonograd::audio {

/// Samples [start, start + length) of a clip. Shorter than the input of the model only if the clip is. The samples before the
/// clip and behind it are zeros.
struct Chunk {
  std::int64_t start = 0;
  std::int64_t length = 0;
  friend bool operator==(const Chunk&, const Chunk&) = default;
};

/// Padding of a clip that is shorter than a chunk: the clip again, from its start, or silence.
enum class Pad { repeat, zero };

/// The rest of a clip behind its last whole chunk at the hop: one more chunk, moved back to the end of the clip, or nothing.
enum class Tail { align, drop };

/// Chunk `index` of a clip of `samples` >= 0: `chunk` samples at index·hop, or at the right end where they would go beyond it;
/// the whole clip when `samples` <= `chunk`. Chunks of equal spacing have the hop `hop_of_equal_chunks`.
Chunk chunk_at(std::int64_t index, std::int64_t samples, std::int64_t chunk, std::int64_t hop);

/// The hop of `count` >= 1 equally spaced chunks: floor((samples − chunk) / count), and 0 for a clip of one chunk.
std::int64_t hop_of_equal_chunks(std::int64_t samples, std::int64_t chunk, std::int64_t count);

/// The chunks `chunk_at` up to the one at the right end: every sample is covered if hop <= chunk. With Tail::drop, up to the
/// last whole one. Throws ConfigError unless samples >= 0, chunk >= 1 and hop >= 1.
std::vector<Chunk> chunk_positions(std::int64_t samples, std::int64_t chunk, std::int64_t hop,
                                   Tail tail = Tail::align);
/// Number of these chunks.
std::int64_t chunk_count(std::int64_t samples, std::int64_t chunk, std::int64_t hop, Tail tail = Tail::align);

/// The protocol of published results: `count` chunks at i·floor((samples − chunk) / count), which never reach
/// the end. A clip of `samples` <= `chunk` is one chunk. Throws ConfigError unless samples >= 0, chunk, count
/// >= 1.
std::vector<Chunk> equally_spaced_chunks(std::int64_t samples, std::int64_t chunk, std::int64_t count);

/// The samples of a chunk that are inside of a clip of `samples`.
Chunk part_inside(Chunk chunk, std::int64_t samples);

/// Fills `out`, as long as the input of the model, with the chunk of `clip`, and pads it. An empty clip is
/// silence.
void copy_chunk(std::span<const float> clip, Chunk chunk, Pad pad, std::span<float> out);

}  // namespace sonograd::audio

namespace sonograd {

template <>
inline constexpr auto kWords<audio::Pad> = std::to_array<Word<audio::Pad>>({{"repeat", audio::Pad::repeat},
                                                                            {"zero", audio::Pad::zero}});

}  // namespace sonograd
