// Where the streams of a sound file begin and end. Joined files and chained streams have several; libsndfile reads one, up to
// the length that its header declares.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "audio/file_input.h"

namespace sonograd::audio {

/// Bytes [begin, end) of a file, to be decoded as one stream.
struct StreamPart {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  BytePatch patch = {};     ///< of a header that is wrong
  std::string damage = {};  ///< visible in the container: something is missing; empty: nothing is
};

struct StreamLayout {
  std::vector<StreamPart> parts;  ///< one at least
  /// A sentence about bytes of sound that the parts lack; empty: there are none.
  std::string left_out = {};
  /// Bytes behind a header that declares no samples: its writer did not finish the file; 0: there are none.
  std::int64_t undeclared = 0;
};

/// More streams than any file has: what follows is left out.
inline constexpr std::size_t kMaxParts = 10000;
/// The sentence about them.
std::string too_many_parts();

/// By the first bytes of the file: Ogg, FLAC, and files made of chunks (WAV, AIFF, CAF, AU). Any other file is one part; the
/// layout of mp3 files, which nothing marks at the beginning, is in mp3_layout.h.
StreamLayout stream_layout(const FileInput& input);

}  // namespace sonograd::audio
