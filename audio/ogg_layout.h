// The streams of an Ogg file.
#pragma once

#include "audio/stream_layout.h"

namespace sonograd::audio {

/// Chained streams are parts of their own. A part ends with its last whole page.
StreamLayout ogg_layout(const FileInput& input);

/// Whether the pages of a part are all there and have the right checksums: a gap in its granule positions was put there by the
/// sender.
bool is_intact_ogg(const FileInput& input, const StreamPart& part);

}  // namespace sonograd::audio
