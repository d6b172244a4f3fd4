// The format of a file from its first bytes, for formats that libsndfile does not recognise. Names and extensions
// play no part.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace sonograd::audio {

/// ffmpeg's name for the container (`mov`, `aac`, `asf`, …), or null for containers that are not read through ffmpeg.
/// With the name ffmpeg does not guess the format, so no file is taken for a playlist that opens others.
const char* ffmpeg_container(std::span<const unsigned char> head);
/// The same for containers of which libsndfile reads some files: ffmpeg gets those that libsndfile refuses.
const char* shared_container(std::span<const unsigned char> head);

/// The name of a container for people: `m4a or mp4` for ffmpeg's `mov`, else the same.
std::string_view container_words(std::string_view container);

/// Offset of the first of three MPEG layer III frames in a row that agree on version and rate (ISO 11172-3
/// §2.4.2): the start of the mp3 behind junk or a broken tag.
std::optional<std::size_t> find_mp3_stream(std::span<const unsigned char> head);

}  // namespace sonograd::audio
