#include "audio/libraries.h"

#include <sndfile.h>
#include <soxr.h>
#include <utility>

#include "audio/synth/fluidsynth.h"

namespace sonograd::audio {
namespace {

// The version in `libsndfile-1.2.0` and `libsoxr-0.1.3`.
std::string after_dash(const std::string& text) {
  return text.substr(text.rfind('-') + 1);
}

}  // namespace

std::string sndfile_version() {
  return after_dash(sf_version_string());
}
std::string soxr_version() {
  return after_dash(::soxr_version());
}
std::string fluidsynth_version() {
  const synth::FluidSynth& library = synth::fluidsynth();
  return library.library.why_not() == nullptr ? library.fluid_version_str() : "";
}

std::vector<std::string> sound_formats() {
  constexpr std::pair<const char*, int> kFormats[] = {{"wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
                                                      {"flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
                                                      {"ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
                                                      {"opus", SF_FORMAT_OGG | SF_FORMAT_OPUS},
                                                      {"mp3", SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III},
                                                      {"aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
                                                      {"au", SF_FORMAT_AU | SF_FORMAT_PCM_16}};
  std::vector<std::string> names;
  for (const auto& [name, format] : kFormats) {
    SF_INFO info{};
    info.samplerate = 48000;
    info.channels = 1;
    info.format = format;
    if (sf_format_check(&info) != 0) names.emplace_back(name);
  }
  return names;
}

}  // namespace sonograd::audio
