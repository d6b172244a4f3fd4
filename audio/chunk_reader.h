// The chunks of a clip, one after the other, in memory that does not grow with the clip.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audio/chunks.h"
#include "audio/load.h"

namespace sonograd::audio {

/// The ends of a clip.
struct ClipEnds {
  std::int64_t context =
      0;  ///< zeros before its beginning and behind its end, unless it is shorter than a chunk even with them
  Tail tail = Tail::align;
};

/// Yields the chunks at `chunk_positions`, in order and padded as `copy_chunk` does, while the clip is being decoded.
class ChunkReader {
 public:
  /// `chunk` and `hop` in samples. `clip` must outlive the reader. Throws ConfigError as chunk_positions does.
  ChunkReader(ClipStream& clip, std::int64_t chunk, std::int64_t hop, Pad pad, const ClipEnds& ends = {});

  /// Fills `out`, `chunk` samples long, or returns false after the last chunk. Throws as Decoder::read does.
  bool next(std::span<float> out);

 private:
  std::int64_t available() const { return window_start_ + static_cast<std::int64_t>(window_.size()); }
  void fill();
  void end();

  ClipStream& clip_;
  std::int64_t chunk_;
  std::int64_t hop_;
  Pad pad_;
  ClipEnds ends_;
  bool ended_ = false;
  std::int64_t index_ = 0;         ///< number of the next chunk
  std::int64_t covered_ = -1;      ///< end of the previous chunk; -1: there was none
  std::int64_t window_start_ = 0;  ///< position of window_[0] in the clip with its context
  std::vector<float> window_;      ///< decoded samples that are still needed
};

}  // namespace sonograd::audio
