// The filters of Harmonic CNN: triangles around the harmonics of notes, whose width follows from one number, Q.
#include "docs/architectures/exercises/exercise.h"

/// Centre in Hz of filter `filter` of harmonic `harmonic`, both counted from 0: (harmonic + 1) times the frequency of the note. The
/// note of filter 0 is C1, MIDI number 24; two filters make a semitone. Note m has 440 * 2^((m - 69) / 12) Hz.
double centre(int harmonic, int filter) {
  // Your lines replace this one.
  return 0;
}

/// Answer to a tone of `hz`: 1 at the centre, 0 at half a bandwidth from it and beyond, straight lines between. The bandwidth is
/// (0.1079 centre + 24.7) / q.
double response(double hz, double centre, double q) {
  // Your lines replace this one.
  return 0;
}
