// Triplet loss of an embedding, and multi-label recall at K, as KAIST's homework on metric learning has them.
#include "docs/architectures/exercises/exercise.h"

using exercise::Map;
using exercise::Sequence;

/// Product of two vectors divided by their lengths.
float cosine(const Sequence& a, const Sequence& b) {
  float product = 0, square_a = 0, square_b = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    product += a[i] * b[i];
    square_a += a[i] * a[i];
    square_b += b[i] * b[i];
  }
  return product / std::sqrt(square_a * square_b);
}

/// max(0, margin - cosine(anchor, positive) + cosine(anchor, negative)).
float triplet_loss(const Sequence& anchor, const Sequence& positive, const Sequence& negative, float margin) {
  return std::max(0.0f, margin - cosine(anchor, positive) + cosine(anchor, negative));
}

/// Indices of the k clips with the largest cosine to `query`, which is none of them, nearest first; of equal ones the first.
std::vector<int> nearest(const Map& embeddings, int query, int k) {
  std::vector<int> order;
  for (int clip = 0; clip < static_cast<int>(embeddings.size()); ++clip)
    if (clip != query) order.push_back(clip);
  const auto near = [&](int clip) {
    return cosine(embeddings[static_cast<std::size_t>(query)], embeddings[static_cast<std::size_t>(clip)]);
  };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return near(a) > near(b); });
  order.resize(std::min(order.size(), static_cast<std::size_t>(k)));
  return order;
}

/// Mean over the clips of the share of their labels that one at least of their k nearest clips has; has[clip][label] is 1 or 0, and each
/// clip has a label.
float recall_at(int k, const Map& embeddings, const Map& has) {
  float sum = 0;
  for (std::size_t query = 0; query < embeddings.size(); ++query) {
    const std::vector<int> found = nearest(embeddings, static_cast<int>(query), k);
    float own = 0, covered = 0;
    for (std::size_t label = 0; label < has[query].size(); ++label) {
      if (has[query][label] == 0) continue;
      ++own;
      covered += std::any_of(found.begin(), found.end(),
                             [&](int clip) { return has[static_cast<std::size_t>(clip)][label] > 0; });
    }
    sum += covered / own;
  }
  return sum / static_cast<float>(embeddings.size());
}
