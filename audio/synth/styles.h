// The styles of the generator, from which compose.h makes pieces.
#pragma once

#include <string_view>
#include <vector>

#include "audio/synth/theory.h"

namespace sonograd::audio::synth {

/// Notes that a layer makes from the chord of the bar, one set for each stroke of its rhythm.
enum class Figure {
  block,       ///< the whole chord at once
  strum,       ///< the chord, string after string
  power,       ///< root, fifth and octave
  arpeggio,    ///< one chord note a stroke, up and down
  root,        ///< bass: the root
  root_fifth,  ///< bass: root and fifth in turn
  octaves,     ///< bass: root and its octave in turn
  walking,     ///< bass: scale steps towards the next root
  drone,       ///< tonic and fifth, for every chord
  tune,        ///< a melody made of a repeated motif that ends each phrase on a chord note
};

/// One player of the band.
struct Layer {
  Figure figure;
  std::vector<std::string_view> instruments;  ///< instruments, of which each piece uses one
  std::vector<std::string_view> rhythms;  ///< rhythms, likewise; one or more bars of the style's meter each
  float presence = 1;                     ///< probability that the piece has this layer, 0 to 1
  int volume = 90;                        ///< MIDI channel volume, 0 to 127
  int shift = 0;                          ///< semitones added to the centre of the instrument's range
};

struct Style {
  std::string_view name;               ///< label of the clip
  std::vector<std::string_view> tags;  ///< genre words
  float slowest, fastest;              ///< beats a minute
  std::vector<Layer> layers;
  std::vector<std::string_view> grooves;             ///< drum patterns to draw from; empty: no percussion
  std::vector<Scale> major_scales, minor_scales;     ///< a piece is minor in half of the cases
  std::vector<std::string_view> major_progressions;  ///< degree of each bar's chord, "1451"
  std::vector<std::string_view> minor_progressions;
  int beats_per_bar = 4;     ///< with percussion always 4
  int chord_size = 3;        ///< 3 triads, 4 seventh chords
  int drum_kit = 0;          ///< General MIDI program of the percussion channel
  float swing = 0;           ///< delay of off-beat eighths: 0 none, 1 triplets
  float looseness = 0.008f;  ///< standard deviation of the note starts, seconds
  int reverb = 40;           ///< MIDI reverb send, 0 to 127
  float quiet = 0;           ///< probability of a quiet piece
  float loud = 0;            ///< probability of a loud piece; quiet + loud <= 1
};

const std::vector<Style>& styles();

}  // namespace sonograd::audio::synth
