// A composed clip: its parts and notes, and the labels that follow from them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "audio/synth/instruments.h"
#include "audio/synth/styles.h"

namespace sonograd::audio::synth {

inline constexpr int kPercussionChannel = 9;  ///< MIDI channel 10, counted from 0
inline constexpr float kSlowTempo = 84;       ///< beats a minute; up to this tempo a piece is tagged "slow"
inline constexpr float kFastTempo = 126;      ///< beats a minute; from this tempo on it is tagged "fast"

enum class Dynamics { quiet, medium, loud };

struct Part {
  const Instrument* instrument;
  int channel;  ///< MIDI channel, 0 to 15
  int program;  ///< General MIDI program, 0 to 127
  int volume;   ///< MIDI channel volume, 0 to 127
};

struct Note {
  double start;     ///< seconds from the beginning of the clip
  double duration;  ///< seconds; may reach past the end
  std::size_t part;
  int key;       ///< MIDI key, 0 to 127
  int velocity;  ///< 1 to 127
};

/// The chord of a bar: thirds above its root.
struct Chord {
  double start;  ///< seconds from the beginning of the clip
  int root;      ///< pitch class, 0 (C) to 11
  int third;     ///< semitones above the root
};

struct Piece {
  const Style* style;
  double seconds;
  float tempo;  ///< beats a minute
  Key key;
  Dynamics dynamics;
  float level;  ///< RMS of the rendered clip, dB below full scale (negative)
  std::vector<Part> parts;
  std::vector<Note> notes;    ///< by start; all start within the clip
  std::vector<Chord> chords;  ///< one for each bar, by start
};

/// Genre words, instruments that play and their families, "no beat" without percussion, major / minor,
/// slow / fast, loud / quiet, vocal / no vocal: exact, because they follow from the notes. Sorted, each once.
std::vector<std::string> tags_of(const Piece& piece);

}  // namespace sonograd::audio::synth
