#include "audio/synth/instruments.h"

#include <algorithm>

#include "tensor/support/error.h"

namespace sonograd::audio::synth {
namespace {

constexpr Instrument kInstruments[] = {
    {"piano", "keyboard", 0, 64},
    {"electric piano", "keyboard", 4, 62},
    {"harpsichord", "keyboard", 6, 64},
    {"church organ", "keyboard", 19, 60},
    {"rock organ", "keyboard", 18, 62},
    {"accordion", "keyboard", 21, 66},
    {"vibraphone", "mallets", 11, 70},
    {"marimba", "mallets", 12, 68},
    {"nylon guitar", "guitar", 24, 58},
    {"steel guitar", "guitar", 25, 58},
    {"jazz guitar", "guitar", 26, 60},
    {"clean guitar", "guitar", 27, 58},
    {"distorted guitar", "guitar", 30, 50},
    {"banjo", "guitar", 105, 62},
    {"sitar", "guitar", 104, 62},
    {"acoustic bass", "bass", 32, 38},
    {"electric bass", "bass", 33, 36},
    {"slap bass", "bass", 36, 38},
    {"synth bass", "bass", 38, 36},
    {"violin", "strings", 40, 74},
    {"cello", "strings", 42, 50},
    {"fiddle", "strings", 110, 71},
    {"harp", "strings", 46, 64},
    {"string ensemble", "strings", 48, 62},
    {"choir", "vocal", 52, 62},
    {"voice", "vocal", 53, 67},
    {"trumpet", "brass", 56, 69},
    {"trombone", "brass", 57, 55},
    {"french horn", "brass", 60, 57},
    {"brass section", "brass", 61, 62},
    {"saxophone", "woodwind", 66, 62},
    {"oboe", "woodwind", 68, 72},
    {"clarinet", "woodwind", 71, 67},
    {"flute", "woodwind", 73, 77},
    {"harmonica", "woodwind", 22, 70},
    {"bagpipe", "woodwind", 109, 69},
    {"synth lead", "synth", 81, 70},
    {"pad", "synth", 89, 60},
    {"drums", "percussion", 0, 0},
    {"hand percussion", "percussion", 0, 0},
};

}  // namespace

std::span<const Instrument> instruments() {
  return kInstruments;
}

const Instrument& find_instrument(std::string_view name) {
  const auto found = std::ranges::find(kInstruments, name, &Instrument::name);
  if (found == std::end(kInstruments)) throw ConfigError(concat("[synth] no instrument called ", name));
  return *found;
}

}  // namespace sonograd::audio::synth
