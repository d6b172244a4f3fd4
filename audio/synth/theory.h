// Scales, chords and the rhythm notation of the style table.
#pragma once

#include <array>
#include <string_view>
#include <vector>

namespace sonograd::audio::synth {

/// Semitones of the seven degrees above the tonic. `minor`: the third of the scale is minor.
struct Scale {
  std::string_view name;
  std::array<int, 7> semitones;
  bool minor;
};

inline constexpr Scale kMajor{"major", {0, 2, 4, 5, 7, 9, 11}, false};
inline constexpr Scale kMixolydian{"mixolydian", {0, 2, 4, 5, 7, 9, 10}, false};
inline constexpr Scale kBhairav{"bhairav", {0, 1, 4, 5, 7, 8, 11}, false};
inline constexpr Scale kMinor{"minor", {0, 2, 3, 5, 7, 8, 10}, true};
inline constexpr Scale kHarmonicMinor{"harmonic minor", {0, 2, 3, 5, 7, 8, 11}, true};
inline constexpr Scale kDorian{"dorian", {0, 2, 3, 5, 7, 9, 10}, true};
inline constexpr Scale kPhrygian{"phrygian", {0, 1, 3, 5, 7, 8, 10}, true};

/// A scale on a tonic. Degrees count from 0 (the tonic) and continue into the neighbouring octaves.
struct Key {
  int tonic;  ///< MIDI key of degree 0
  Scale scale;

  /// MIDI key of `degree`, which may be negative or above 6.
  int pitch(int degree) const;
  /// Degree of the scale note closest to the MIDI key `pitch`; ties go down.
  int nearest_degree(int pitch) const;
};

/// Degrees of the chord of `size` stacked thirds on `root`.
std::vector<int> chord_degrees(int root, int size);

/// The MIDI key closest to `center` that sounds the same note as `pitch` in some octave.
int nearest_octave(int pitch, int center);

/// The chord with each note in the octave closest to `center`, ascending: consecutive chords share notes and move by
/// small steps, which is sufficient voice leading for short accompaniments.
std::vector<int> voicing(const Key& key, const std::vector<int>& degrees, int center);

inline constexpr int kStepsPerBeat = 4;

/// One stroke of a rhythm, in sixteenth notes.
struct Hit {
  int step;
  int length;
  bool accent;
};

/// Strokes of a rhythm such as "X-..x.x-": one character a sixteenth; x starts a note, X an accented one, - holds it, . is
/// a rest. Throws ConfigError for other characters and for a - before the first note.
std::vector<Hit> parse_rhythm(std::string_view rhythm);

}  // namespace sonograd::audio::synth
