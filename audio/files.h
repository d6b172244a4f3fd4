// Which files a path on the command line means.
#pragma once

#include <filesystem>
#include <vector>

namespace sonograd::audio {

/// True for the extensions of sound files, in any case. A hint for listing folders: decoding goes by content.
bool has_audio_extension(const std::filesystem::path& path);

/// A folder means the audio files in it, and with `recursive` those in its sub-folders, sorted bytewise;
/// links are followed, each folder is visited once. Anything else means itself, whether it exists or not. A
/// folder that cannot be listed stays in the result, so that opening it says why. Names are bytes: nothing
/// need be UTF-8.
std::vector<std::filesystem::path> audio_files(const std::filesystem::path& path, bool recursive);

}  // namespace sonograd::audio
