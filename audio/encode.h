// Samples as sound files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace sonograd::audio {

enum class Encoding { wav_pcm16, wav_float, flac_pcm16, ogg_vorbis, mp3 };

/// Writes interleaved samples (full scale ±1) at `sample_rate` Hz; an earlier file is replaced in one step when all
/// is written. Equal samples give equal bytes. 16-bit encodings round and saturate as pcm.h does. Throws IoError, and
/// ConfigError for a rate or a number of channels that the encoding does not support.
void write_sound(const std::filesystem::path& path, std::span<const float> interleaved, int sample_rate,
                 Encoding encoding, int channels = 1);
/// The same for 16-bit samples, which 16-bit encodings keep exactly.
void write_sound(const std::filesystem::path& path, std::span<const std::int16_t> interleaved,
                 int sample_rate, Encoding encoding, int channels = 1);

}  // namespace sonograd::audio
