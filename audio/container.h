// What a file is, told from its first bytes where libsndfile does not tell. Names and extensions are not
// asked.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace sonograd::audio {

/// ffmpeg's name for the container (`mov`, `aac`, `asf`, …), or null when it is not one of those that are
/// read through ffmpeg. Naming it keeps ffmpeg from guessing, so no file passes for a playlist that opens
/// others.
const char* ffmpeg_container(std::span<const unsigned char> head);

/// Offset of the first of three MPEG layer III frames in a row that agree on version and rate (ISO 11172-3
/// §2.4.2): where the mp3 starts behind junk or a broken tag.
std::optional<std::size_t> find_mp3_stream(std::span<const unsigned char> head);

/// The longest page of an Ogg stream, header included (RFC 3533 §6).
inline constexpr std::size_t kMostOggPageBytes = 65307;
/// Is the last page in these bytes, the end of an Ogg file, marked as the last one of its stream?
bool ends_ogg_stream(std::span<const unsigned char> tail);

}  // namespace sonograd::audio
