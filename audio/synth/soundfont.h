// The soundfont: a file of sampled instruments.
#pragma once

#include <filesystem>

namespace sonograd::audio::synth {

/// `requested` if not empty, else the first General MIDI soundfont in the places where Debian and Ubuntu
/// packages install one. Throws IoError with the file or the package to install.
std::filesystem::path find_soundfont(const std::filesystem::path& requested = {});

}  // namespace sonograd::audio::synth
