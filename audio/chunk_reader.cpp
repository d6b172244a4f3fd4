#include "audio/chunk_reader.h"

#include <algorithm>

namespace sonograd::audio {

ChunkReader::ChunkReader(ClipStream& clip, std::int64_t chunk, std::int64_t hop, Pad pad,
                         const ClipEnds& ends)
    : clip_(clip),
      chunk_(chunk),
      hop_(hop),
      pad_(pad),
      ends_(ends),
      window_(static_cast<std::size_t>(ends.context)) {
  chunk_count(0, chunk, hop);
}

/// Decodes until the next chunk is complete or the clip ends. The latest `chunk_` samples are always kept: at
/// the end of the clip they are its last chunk.
void ChunkReader::fill() {
  const std::int64_t start = index_ * hop_;
  while (available() < start + chunk_) {
    const auto block = clip_.next();
    if (block.empty()) return end();
    window_.insert(window_.end(), block.begin(), block.end());
    const std::int64_t keep_from = std::min(start, available() - chunk_);
    if (keep_from > window_start_) {
      window_.erase(window_.begin(), window_.begin() + (keep_from - window_start_));
      window_start_ = keep_from;
    }
  }
}

// Puts the zeros behind the clip, or takes those before it away.
void ChunkReader::end() {
  if (ended_) return;
  ended_ = true;
  if (available() + ends_.context >= chunk_) {
    window_.resize(window_.size() + static_cast<std::size_t>(ends_.context));
  } else {
    window_.erase(window_.begin(), window_.begin() + ends_.context);
  }
}

bool ChunkReader::next(std::span<float> out) {
  fill();
  if (available() == covered_) return false;
  if (ends_.tail == Tail::drop && index_ > 0 && index_ * hop_ + chunk_ > available()) return false;
  // Before the end of the clip the chunk fits, so that only its last one is at the right end of what is available.
  const Chunk place = chunk_at(index_++, available(), chunk_, hop_);
  copy_chunk(window_, {place.start - window_start_, place.length}, pad_, out);
  covered_ = place.start + place.length;
  return true;
}

}  // namespace sonograd::audio
