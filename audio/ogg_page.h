// Pages of Ogg streams (RFC 3533 §6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sonograd::audio {

/// The longest page, header included.
inline constexpr std::size_t kMostOggPageBytes = 65307;

struct OggPage {
  bool begins_stream = false;
  bool ends_stream = false;
  std::int64_t granule = 0;  ///< position in samples at the end of the page; -1: no packet ends on it
  std::uint32_t serial = 0;
  std::uint32_t sequence = 0;
  std::uint32_t checksum = 0;
  std::size_t bytes = 0;  ///< header included
};

/// The page that these bytes begin with; empty: none does, or it is cut off. Contents are not looked at.
std::optional<OggPage> parse_ogg_page(std::span<const unsigned char> bytes);

/// The checksum that a page of these bytes has; its own field counts as zero.
std::uint32_t ogg_checksum(std::span<const unsigned char> page);

/// Replaces the serial number of every page of a stream and corrects the checksums. Encoders draw it at random.
void set_ogg_serial(std::span<std::byte> stream, std::uint32_t serial);

}  // namespace sonograd::audio
