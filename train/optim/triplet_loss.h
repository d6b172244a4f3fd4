// Losses of distances: an embedding is to be nearer to a positive than to a negative one, by a margin.
// Weinberger and Saul, "Distance metric learning for large margin nearest neighbor classification", JMLR 2009; semi-hard negatives:
// Schroff, Kalenichenko and Philbin, "FaceNet", CVPR 2015. The cosine form with a margin of 0.4: Lee, Choi, Kim, homework of the courses
// GCT634 and AI613, KAIST, 2021.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/variable.h"
#include "train/config/settings.h"

namespace sonograd::train {

/// Mean over N of max(0, d(a, p) - d(a, n) + margin); rows [N, D] of one type, f32 or f64. d is 1 - cosine, where a vector of zeros has the
/// cosine 0 with any other, or the length of the difference. Throws ShapeError for different extents.
Variable triplet_loss(const Variable& anchors, const Variable& positives, const Variable& negatives,
                      TripletDistance distance, double margin);

/// For each triplet the row of its negative. `embeddings` [3 N, D]: anchor, positive and negative of each triplet in turn; `candidates`
/// [N, 3 N]: the rows that may be one. `hard`: the candidate nearest to the anchor; `semi_hard`: the nearest of those that are farther than
/// the positive, by less than the margin, and the triplet's own negative where there is none. The first one of equal ones.
std::vector<std::size_t> mine_negatives(std::span<const float> embeddings,
                                        std::span<const std::uint8_t> candidates,
                                        const Settings::Triplet& settings);

/// The loss of a batch of embeddings [3 N, D] on any device, with the negatives of `mine_negatives`, or without `candidates` those of the
/// triplets. Negatives are no function of the embeddings to the gradient.
Variable batch_triplet_loss(const Variable& embeddings, std::span<const std::uint8_t> candidates,
                            const Settings::Triplet& settings);

}  // namespace sonograd::train
