// The streams of files that are made of chunks.
#pragma once

#include "audio/stream_layout.h"

namespace sonograd::audio {

/// The parts of a WAV (RIFF, RIFX, RF64), AIFF, CAF or AU file: one, or one for each of several joined files. Bytes behind the
/// declared end that are neither chunks nor tags nor zeros are left out, or undeclared when no samples are declared.
StreamLayout chunk_layout(const FileInput& input);

}  // namespace sonograd::audio
