// The streams of an mp3 file.
#pragma once

#include "audio/stream_layout.h"

namespace sonograd::audio {

/// Streams of layer III frames at or behind `start`. A new one begins with a frame count (Xing, Info, VBRI), a change of
/// format, and behind a tag for the end of a file or junk. Where a count is too small, the part begins behind its frame, so
/// that the decoder reads to the end of the stream. One part when no frames are found.
StreamLayout mp3_layout(const FileInput& input, std::int64_t start);

}  // namespace sonograd::audio
