#include "audio/chunks.h"

#include <algorithm>

#include "tensor/support/error.h"

namespace sonograd::audio {
namespace {

void check(std::int64_t samples, std::int64_t chunk, const char* what, std::int64_t step) {
  if (samples >= 0 && chunk >= 1 && step >= 1) return;
  throw ConfigError(concat("[chunks] expected clip length >= 0, chunk length >= 1 and ", what, " >= 1, got ",
                           samples, ", ", chunk, " and ", step));
}

}  // namespace

Chunk chunk_at(std::int64_t index, std::int64_t samples, std::int64_t chunk, std::int64_t hop) {
  const std::int64_t last = std::max<std::int64_t>(0, samples - chunk);
  return {std::min(last, index * hop), std::min(chunk, samples)};
}

std::int64_t hop_of_equal_chunks(std::int64_t samples, std::int64_t chunk, std::int64_t count) {
  return std::max<std::int64_t>(0, samples - chunk) / count;
}

std::vector<Chunk> chunk_positions(std::int64_t samples, std::int64_t chunk, std::int64_t hop, Tail tail) {
  std::vector<Chunk> chunks;
  const std::int64_t count = chunk_count(samples, chunk, hop, tail);
  for (std::int64_t i = 0; i < count; ++i) chunks.push_back(chunk_at(i, samples, chunk, hop));
  return chunks;
}

std::int64_t chunk_count(std::int64_t samples, std::int64_t chunk, std::int64_t hop, Tail tail) {
  check(samples, chunk, "hop", hop);
  const std::int64_t rest = std::max<std::int64_t>(0, samples - chunk);
  return 1 + (tail == Tail::align ? rest + hop - 1 : rest) / hop;
}

std::vector<Chunk> equally_spaced_chunks(std::int64_t samples, std::int64_t chunk, std::int64_t count) {
  check(samples, chunk, "chunk count", count);
  if (samples <= chunk) return {{0, samples}};
  const std::int64_t hop = hop_of_equal_chunks(samples, chunk, count);
  std::vector<Chunk> chunks;
  for (std::int64_t i = 0; i < count; ++i) chunks.push_back(chunk_at(i, samples, chunk, hop));
  return chunks;
}

Chunk part_inside(Chunk chunk, std::int64_t samples) {
  const std::int64_t begin = std::max<std::int64_t>(0, chunk.start),
                     end = std::min(samples, chunk.start + chunk.length);
  return {begin, end - begin};
}

void copy_chunk(std::span<const float> clip, Chunk chunk, Pad pad, std::span<float> out) {
  if (const Chunk inside = part_inside(chunk, std::ssize(clip)); inside != chunk) {
    std::ranges::fill(out, 0.0f);
    return copy_chunk(clip, inside, Pad::zero,
                      out.subspan(static_cast<std::size_t>(inside.start - chunk.start),
                                  static_cast<std::size_t>(inside.length)));
  }
  const auto part =
      clip.subspan(static_cast<std::size_t>(chunk.start), static_cast<std::size_t>(chunk.length));
  std::size_t filled = std::min(part.size(), out.size());
  std::copy_n(part.begin(), filled, out.begin());
  if (pad == Pad::zero || part.empty()) {
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(filled), out.end(), 0.0f);
    return;
  }
  for (; filled < out.size(); ++filled) out[filled] = out[filled - part.size()];
}

}  // namespace sonograd::audio
