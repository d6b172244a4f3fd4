// The filters of Harmonic CNN: triangles around the harmonics of notes, whose width follows from one number, Q.
#include "docs/architectures/exercises/exercise.h"

/// Centre in Hz of filter `filter` of harmonic `harmonic`, both counted from 0: (harmonic + 1) times the frequency of the note. The
/// note of filter 0 is C1, MIDI number 24; two filters make a semitone. Note m has 440 * 2^((m - 69) / 12) Hz.
double centre(int harmonic, int filter) {
  const double note = 24 + filter / 2.0;
  return (harmonic + 1) * 440 * std::pow(2, (note - 69) / 12);
}

/// Answer to a tone of `hz`: 1 at the centre, 0 at half a bandwidth from it and beyond, straight lines between. The bandwidth is
/// (0.1079 centre + 24.7) / q.
double response(double hz, double centre, double q) {
  const double bandwidth = (0.1079 * centre + 24.7) / q;
  return std::max(0.0, 1 - 2 * std::abs(hz - centre) / bandwidth);
}
