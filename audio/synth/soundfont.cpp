#include "audio/synth/soundfont.h"

#include "tensor/io/read_error.h"

namespace sonograd::audio::synth {
namespace {

constexpr const char* kStandardPlaces[] = {
    "/usr/share/sounds/sf2/TimGM6mb.sf2",   "/usr/share/sounds/sf2/FluidR3_GM.sf2",
    "/usr/share/sounds/sf2/default-GM.sf2", "/usr/share/sounds/sf3/default-GM.sf3",
    "/usr/share/soundfonts/FluidR3_GM.sf2", "/usr/share/soundfonts/default.sf2",
};

}  // namespace

std::filesystem::path find_soundfont(const std::filesystem::path& requested) {
  std::error_code unreadable;
  if (!requested.empty()) {
    if (std::filesystem::is_regular_file(requested, unreadable)) return requested;
    throw io::ReadError(concat("[soundfont] no such file: ", requested.string()));
  }
  for (const std::filesystem::path place : kStandardPlaces) {
    if (std::filesystem::is_regular_file(place, unreadable)) return place;
  }
  throw IoError(
      "[soundfont] no General MIDI soundfont found: install the package timgm6mb-soundfont or name a file");
}

}  // namespace sonograd::audio::synth
