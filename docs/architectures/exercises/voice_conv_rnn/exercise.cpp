// The targets of voice_conv_rnn: a label for each frame, from labels of samples.
#include "docs/architectures/exercises/exercise.h"

/// `singing` has a 1 for each sample in which someone sings, else 0. The label of frame i is 1 if more than half of the samples from
/// (i - 1) hop to (i + 1) hop - 1 are 1; of those, samples before the beginning or behind the end do not exist and do not count.
/// There is a frame for every whole hop.
std::vector<int> frame_labels(const std::vector<int>& singing, int hop) {
  // Your lines replace this one.
  return {};
}
