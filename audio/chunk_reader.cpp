#include "audio/chunk_reader.h"

#include <algorithm>

namespace sonograd::audio {

ChunkReader::ChunkReader(ClipStream& clip, std::int64_t chunk, std::int64_t hop, Pad pad)
    : clip_(clip), chunk_(chunk), hop_(hop), pad_(pad) {
  chunk_positions(0, chunk, hop);
}

/// Decodes until the next chunk is complete or the clip ends. The latest `chunk_` samples are always kept: at
/// the end of the clip they are its last chunk.
void ChunkReader::fill() {
  while (available() < start_ + chunk_) {
    const auto block = clip_.next();
    if (block.empty()) return;
    window_.insert(window_.end(), block.begin(), block.end());
    const std::int64_t keep_from = std::min(start_, available() - chunk_);
    if (keep_from > window_start_) {
      window_.erase(window_.begin(), window_.begin() + (keep_from - window_start_));
      window_start_ = keep_from;
    }
  }
}

bool ChunkReader::next(std::span<float> out) {
  fill();
  if (available() == covered_) return false;
  const std::int64_t start = std::max<std::int64_t>(0, std::min(start_, available() - chunk_));
  const std::int64_t length = std::min(chunk_, available() - start);
  copy_chunk(window_, {start - window_start_, length}, pad_, out);
  covered_ = start + length;
  start_ += hop_;
  return true;
}

}  // namespace sonograd::audio
