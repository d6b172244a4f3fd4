// The test loss of KAIST's homework: that of a clip is the loss of the mean of its pieces, and the course counts it once for each piece.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// Mean over the tags of the binary cross-entropy: -log(p) where the target is 1, -log(1 - p) where it is 0.
float cross_entropy(const Sequence& probabilities, const Sequence& targets) {
  // Your lines replace this one.
  return 0;
}

/// Mean of the rows.
Sequence mean_of_pieces(const Map& pieces) {
  // Your lines replace this one.
  return {};
}

/// Mean over the clips of the cross-entropy of the mean of their pieces; clips[i] has a row of probabilities for each piece.
float test_loss(const std::vector<Map>& clips, const Map& targets) {
  // Your lines replace this one.
  return 0;
}

/// The loss that the homework prints: each clip's is multiplied by the number of its pieces, and the sum divided by the number of clips.
float printed_loss(const std::vector<Map>& clips, const Map& targets) {
  // Your lines replace this one.
  return 0;
}
