// Headers of MPEG layer III frames (ISO 11172-3 §2.4.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sonograd::audio {

struct Mp3Frame {
  unsigned version = 0;  ///< 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  unsigned sample_rate = 0;
  unsigned channels = 0;
  std::size_t bytes = 0;  ///< header included

  bool same_format(const Mp3Frame& other) const {
    return version == other.version && sample_rate == other.sample_rate && channels == other.channels;
  }
};

/// Bytes of a header.
inline constexpr std::size_t kMp3HeaderBytes = 4;

/// The frame whose header these bytes begin with. Free-format frames, whose header lacks the length, are not recognised.
std::optional<Mp3Frame> parse_mp3_frame(std::span<const unsigned char> bytes);

/// Is this, the beginning of a frame, one that holds no sound but a frame count (Xing, Info or VBRI)?
bool is_count_frame(std::span<const unsigned char> bytes, const Mp3Frame& frame);
/// The number of frames that follow according to such a frame; empty: it does not contain one.
std::optional<std::int64_t> frame_count(std::span<const unsigned char> bytes, const Mp3Frame& frame);

}  // namespace sonograd::audio
