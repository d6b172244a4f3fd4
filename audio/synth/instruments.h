// The instruments of the generator, with their General MIDI programs.
#pragma once

#include <span>
#include <string_view>

namespace sonograd::audio::synth {

struct Instrument {
  std::string_view name;    ///< also its tag
  std::string_view family;  ///< tag of all instruments of its family
  int program;              ///< General MIDI program, 0 to 127; percussion uses the drum kit of the style
  int center;               ///< MIDI key in the middle of its usual range

  bool percussive() const { return family == "percussion"; }
  bool vocal() const { return family == "vocal"; }
};

std::span<const Instrument> instruments();

/// Throws ConfigError for an unknown name.
const Instrument& find_instrument(std::string_view name);

}  // namespace sonograd::audio::synth
