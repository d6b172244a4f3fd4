// Sound files that a path on the command line stands for.
#pragma once

#include <filesystem>
#include <vector>

namespace sonograd::audio {

/// True for the extensions of sound files, in any case. A hint for listing folders: decoding goes by content.
bool has_audio_extension(const std::filesystem::path& path);

/// A folder stands for the audio files in it, and with `recursive` also in its sub-folders, sorted bytewise; links are
/// followed, each folder is visited once. Names in it that begin with a dot, and `__MACOSX`, `@eaDir` and `lost+found`, are
/// passed over. Any other path stands for itself, whether it exists or not. A folder that
/// cannot be listed stays in the result, so that opening it reports the reason. Names are bytes, not necessarily UTF-8.
/// Entries with the extension of a sound file that are neither file nor folder, such as pipes, devices and links to nothing, are
/// appended to `no_files`. A folder with prepared data (shard_clip.h), and a shard, stands for its clips; throws as prepared_clips
/// does then.
std::vector<std::filesystem::path> audio_files(const std::filesystem::path& path, bool recursive,
                                               std::vector<std::filesystem::path>* no_files = nullptr);

}  // namespace sonograd::audio
