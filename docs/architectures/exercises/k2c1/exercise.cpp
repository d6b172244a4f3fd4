// Which poolings leave one frame of 1,366? The order of those of k2c1 is not in the paper.
#include "docs/architectures/exercises/exercise.h"

/// Frames behind maxima over `pools` frames each, side by side; a rest that is shorter than a window is dropped.
int frames_behind(int frames, const std::vector<int>& pools) {
  // Your lines replace this one.
  return 0;
}

/// Lists of `layers` poolings of 2 or 4 frames each that leave exactly one frame, however they are ordered: the numbers of fours in
/// them, from the smallest.
std::vector<int> fours_that_leave_one(int frames, int layers) {
  // Your lines replace this one.
  return {};
}
