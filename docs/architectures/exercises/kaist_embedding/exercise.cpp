// Triplet loss of an embedding, and multi-label recall at K, as KAIST's homework on metric learning has them.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// Product of two vectors divided by their lengths.
float cosine(const Sequence& a, const Sequence& b) {
  // Your lines replace this one.
  return 0;
}

/// max(0, margin - cosine(anchor, positive) + cosine(anchor, negative)).
float triplet_loss(const Sequence& anchor, const Sequence& positive, const Sequence& negative, float margin) {
  // Your lines replace this one.
  return 0;
}

/// Indices of the k clips with the largest cosine to `query`, which is none of them, nearest first; of equal ones the first.
std::vector<int> nearest(const Map& embeddings, int query, int k) {
  // Your lines replace this one.
  return {};
}

/// Mean over the clips of the share of their labels that one at least of their k nearest clips has; has[clip][label] is 1 or 0, and each
/// clip has a label.
float recall_at(int k, const Map& embeddings, const Map& has) {
  // Your lines replace this one.
  return 0;
}
