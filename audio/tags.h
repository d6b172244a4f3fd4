// Tags around the streams of a sound file: text and pictures that are not sound.
#pragma once

#include "audio/byte_reader.h"

namespace sonograd::audio {

/// Length of the tag that begins at `position`: ID3v2, ID3v1, APE or Lyrics3; 0: none begins there.
std::int64_t tag_length(ByteReader& bytes, std::int64_t position);

/// The first position at or behind `position` that belongs to no tag.
std::int64_t skip_tags(ByteReader& bytes, std::int64_t position);

}  // namespace sonograd::audio
