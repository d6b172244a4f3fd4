// Which poolings leave one frame of 1,366? The order of those of k2c1 is not in the paper.
#include "docs/architectures/exercises/exercise.h"

/// Frames behind maxima over `pools` frames each, side by side; a rest that is shorter than a window is dropped.
int frames_behind(int frames, const std::vector<int>& pools) {
  for (const int pool : pools) frames /= pool;
  return frames;
}

/// Lists of `layers` poolings of 2 or 4 frames each that leave exactly one frame, however they are ordered: the numbers of fours in
/// them, from the smallest.
std::vector<int> fours_that_leave_one(int frames, int layers) {
  std::vector<int> fours;
  for (int count = 0; count <= layers; ++count) {
    std::vector<int> pools(static_cast<std::size_t>(layers), 2);
    std::fill_n(pools.begin(), count, 4);
    if (frames_behind(frames, pools) == 1) fours.push_back(count);
  }
  return fours;
}
