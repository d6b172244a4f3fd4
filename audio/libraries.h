// Versions of the libraries that read, resample and make sound on this machine.
#pragma once

#include <string>
#include <vector>

namespace sonograd::audio {

/// Versions such as `1.2.0`; empty when FluidSynth cannot be opened.
std::string sndfile_version();
std::string soxr_version();
std::string fluidsynth_version();

/// Formats among wav, flac, ogg, opus, mp3, aiff and au that this libsndfile reads.
std::vector<std::string> sound_formats();

}  // namespace sonograd::audio
