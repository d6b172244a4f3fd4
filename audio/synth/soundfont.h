// Where the sampled instruments come from.
#pragma once

#include <filesystem>

namespace sonograd::audio::synth {

/// `requested` if not empty, else the first General MIDI soundfont in the places where Debian and Ubuntu
/// packages put one. Throws IoError, which names the file or the package to install.
std::filesystem::path find_soundfont(const std::filesystem::path& requested = {});

}  // namespace sonograd::audio::synth
