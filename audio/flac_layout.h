// The streams of a FLAC file.
#pragma once

#include "audio/stream_layout.h"

namespace sonograd::audio {

/// One part, or one for each of several joined files.
StreamLayout flac_layout(const FileInput& input);

}  // namespace sonograd::audio
