// The targets of voice_conv_rnn: a label for each frame, from labels of samples.
#include "docs/architectures/exercises/exercise.h"

/// `singing` has a 1 for each sample in which someone sings, else 0. The label of frame i is 1 if more than half of the samples from
/// (i - 1) hop to (i + 1) hop - 1 are 1; of those, samples before the beginning or behind the end do not exist and do not count.
/// There is a frame for every whole hop.
std::vector<int> frame_labels(const std::vector<int>& singing, int hop) {
  std::vector<int> labels;
  const int samples = static_cast<int>(singing.size());
  for (int frame = 0; frame < samples / hop; ++frame) {
    const int begin = std::max(0, (frame - 1) * hop), end = std::min(samples, (frame + 1) * hop);
    const int sung = std::accumulate(singing.begin() + begin, singing.begin() + end, 0);
    labels.push_back(2 * sung > end - begin ? 1 : 0);
  }
  return labels;
}
