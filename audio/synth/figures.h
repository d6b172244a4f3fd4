// Keys that a layer plays on each stroke of its rhythm.
#pragma once

#include <array>
#include <vector>

#include "audio/synth/styles.h"
#include "tensor/random.h"

namespace sonograd::audio::synth {

inline constexpr int kBarsPerPhrase = 4;

/// A stroke with its place in the piece.
struct Stroke {
  int bar;
  int index;  ///< among the strokes of this bar, from 0
  int count;  ///< strokes in this bar
  bool accent;
  int root;       ///< root of this bar's chord, as a degree of the scale
  int next_root;  ///< root of the next bar's chord, likewise
};

/// Plays one layer. All its keys belong to the scale.
class FigurePlayer {
 public:
  /// `center`: MIDI key around which it plays; `chord_size`: 3 or 4. A tune draws its motif from `random`.
  FigurePlayer(Figure figure, const Key& key, int center, int chord_size, Random& random);

  /// MIDI keys of the stroke, ascending for chords. Strokes come in the order of the piece.
  std::vector<int> play(const Stroke& stroke);

 private:
  std::vector<int> chord(int root) const;
  int bass(int degree) const;
  int arpeggio(const Stroke& stroke) const;
  int walking(const Stroke& stroke) const;
  int tune(const Stroke& stroke);
  int nearest_chord_degree(int root, int degree) const;

  static constexpr int kMotifStrokes = 16;
  Figure figure_;
  Key key_;
  int center_;
  int chord_size_;
  int degree_ = 0;                                       ///< last degree of the tune
  std::array<std::array<int, kMotifStrokes>, 3> motif_;  ///< steps of the tune: opening, answer, close
};

}  // namespace sonograd::audio::synth
