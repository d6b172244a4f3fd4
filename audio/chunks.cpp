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

std::vector<Chunk> chunk_positions(std::int64_t samples, std::int64_t chunk, std::int64_t hop) {
  check(samples, chunk, "hop", hop);
  std::vector<Chunk> chunks{chunk_at(0, samples, chunk, hop)};
  while (chunks.back().start + chunks.back().length < samples)
    chunks.push_back(chunk_at(std::ssize(chunks), samples, chunk, hop));
  return chunks;
}

std::vector<Chunk> equally_spaced_chunks(std::int64_t samples, std::int64_t chunk, std::int64_t count) {
  check(samples, chunk, "chunk count", count);
  if (samples <= chunk) return {{0, samples}};
  const std::int64_t hop = hop_of_equal_chunks(samples, chunk, count);
  std::vector<Chunk> chunks;
  for (std::int64_t i = 0; i < count; ++i) chunks.push_back(chunk_at(i, samples, chunk, hop));
  return chunks;
}

void copy_chunk(std::span<const float> clip, Chunk chunk, Pad pad, std::span<float> out) {
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
