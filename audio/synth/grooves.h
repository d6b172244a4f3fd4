// Drum patterns: the bars of the percussion channel.
#pragma once

#include <string_view>
#include <vector>

namespace sonograd::audio::synth {

/// A rhythm (theory.h) on one key of the General MIDI percussion map.
struct DrumLine {
  int key;
  std::string_view rhythm;
};

/// Lines that sound together, each one bar of four beats.
struct Groove {
  std::string_view name;
  std::string_view instrument;  ///< "drums" or "hand percussion"
  std::vector<DrumLine> lines;
  std::vector<int> fill;  ///< keys that take turns in the last beat of a phrase
};

const std::vector<Groove>& grooves();

/// Throws ConfigError for an unknown name.
const Groove& find_groove(std::string_view name);

}  // namespace sonograd::audio::synth
