// Scores of embeddings: whether clips with labels in common are near to each other.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace sonograd::train {

/// The numbers of nearest clips that recall is computed at.
inline constexpr std::array<std::size_t, 4> kRecallAt = {1, 2, 4, 8};

/// Scores of the clips of a data set against each other.
struct RetrievalScores {
  std::size_t queries = 0;  ///< clips that have a label
  std::array<std::optional<double>, kRecallAt.size()>
      recall;  ///< none without queries, or with a single clip
  std::size_t triplets = 0;
  std::optional<double>
      triplet_accuracy;  ///< share of the triplets whose positive is the nearer one; none without triplets
};

/// Scales each row of `vectors` [n, width] to length 1; a row of zeros stays.
void scale_to_unit_length(std::span<float> vectors, std::size_t width);

/// Multi-label recall at each of kRecallAt: the share of the labels of a clip that one at least of its K nearest others has, mean over the
/// clips with labels (Lee, Bryan, Salamon, Jin and Nam, "Metric learning vs classification for disentangled music representation
/// learning", ISMIR 2020). `vectors` [n, width] of length 1, compared by cosine; of equal cosines the first clip counts as nearer. A clip
/// without labels is no query, and found by others. `targets` [n, labels]: grades.
RetrievalScores recall_of(std::span<const float> vectors, std::span<const float> targets, std::size_t labels);

}  // namespace sonograd::train
