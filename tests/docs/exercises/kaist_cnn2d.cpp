// The test loss of KAIST's homework: that of a clip is the loss of the mean of its pieces, and the course counts it once for each piece.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// Mean over the tags of the binary cross-entropy: -log(p) where the target is 1, -log(1 - p) where it is 0.
float cross_entropy(const Sequence& probabilities, const Sequence& targets) {
  float sum = 0;
  for (std::size_t i = 0; i < targets.size(); ++i)
    sum -= std::log(targets[i] > 0 ? probabilities[i] : 1 - probabilities[i]);
  return sum / static_cast<float>(targets.size());
}

/// Mean of the rows.
Sequence mean_of_pieces(const Map& pieces) {
  Sequence mean(pieces[0].size());
  for (const Sequence& piece : pieces) {
    for (std::size_t i = 0; i < piece.size(); ++i) mean[i] += piece[i] / static_cast<float>(pieces.size());
  }
  return mean;
}

/// Mean over the clips of the cross-entropy of the mean of their pieces; clips[i] has a row of probabilities for each piece.
float test_loss(const std::vector<Map>& clips, const Map& targets) {
  float sum = 0;
  for (std::size_t i = 0; i < clips.size(); ++i) sum += cross_entropy(mean_of_pieces(clips[i]), targets[i]);
  return sum / static_cast<float>(clips.size());
}

/// The loss that the homework prints: each clip's is multiplied by the number of its pieces, and the sum divided by the number of clips.
float printed_loss(const std::vector<Map>& clips, const Map& targets) {
  float sum = 0;
  for (std::size_t i = 0; i < clips.size(); ++i)
    sum += cross_entropy(mean_of_pieces(clips[i]), targets[i]) * static_cast<float>(clips[i].size());
  return sum / static_cast<float>(clips.size());
}
