// The libraries that read, resample and make sound, as they are on this machine.
#pragma once

#include <string>
#include <vector>

namespace sonograd::audio {

/// `1.2.0`, each; empty when FluidSynth cannot be opened.
std::string sndfile_version();
std::string soxr_version();
std::string fluidsynth_version();

/// Which of wav, flac, ogg, opus, mp3, aiff and au this libsndfile knows.
std::vector<std::string> sound_formats();

}  // namespace sonograd::audio
