// How much of a song does one output of FCN-4 see? Each block is a convolution of 3 frames and a pooling.
#include "docs/architectures/exercises/exercise.h"

/// Frames of the input that one position behind the last block depends on (its receptive field). Walk through the blocks with two
/// numbers: the field, 1 at first, and the distance between neighbouring positions in frames of the input, 1 at first. A window
/// of k positions widens the field by (k - 1) times the distance; a pooling of p then multiplies the distance by p.
int receptive_field(const std::vector<int>& pools) {
  // Your lines replace this one.
  return 0;
}
