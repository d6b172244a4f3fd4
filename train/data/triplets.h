// Triplets of clips for metric learning: a positive clip, which belongs near its anchor, and a negative one, which does not
// (Weinberger and Saul, "Distance metric learning for large margin nearest neighbor classification", JMLR 2009).
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "tensor/random.h"
#include "train/config/words.h"
#include "train/data/dataset.h"

namespace sonograd::train {

/// Clips of a list.
struct ClipTriplet {
  std::size_t anchor = 0, positive = 0, negative = 0;
  std::size_t label =
      0;  ///< that anchor and positive have and the negative lacks; unused by other kinds of sampling
  double far = 0;  ///< least distance of a negative from the anchor; likewise

  bool operator==(const ClipTriplet&) const = default;
};

/// Draws triplets; a draw is a function of the example and the random numbers.
class TripletSampler {
 public:
  virtual ~TripletSampler() = default;
  virtual ClipTriplet draw(std::size_t example, Random& random) const = 0;
  /// Whether `clip` could be the negative of the triplet.
  virtual bool is_negative(const ClipTriplet& triplet, std::size_t clip) const = 0;
};

/// Labels that two clips have and a third one lacks, ascending: those that give triplets.
std::vector<std::size_t> labels_with_triplets(const ClipList& clips);

/// Draws a label, two different clips that have it and one that lacks it. Labels are drawn with equal probability, or (`balanced`) in
/// inverse proportion to their clips. Throws DataError when no label gives triplets.
std::unique_ptr<TripletSampler> tag_triplets(const ClipList& clips, LabelWeights weights);

/// Every clip is an anchor in turn. Positive: another piece of the same clip; negative: another clip. Throws DataError for fewer than two
/// clips.
std::unique_ptr<TripletSampler> instance_triplets(std::size_t clips);

/// Vectors of some clips, to compare them by the length of differences.
struct ClipVectors {
  std::size_t width = 0;
  std::vector<std::size_t> clips;
  std::vector<float> values;  ///< [clips, width]
};

/// Each of these clips is an anchor in turn. Positive: one of the `neighbours` nearest, or as near as the last of them; negative: one of
/// the farther half that is no such neighbour. Throws DataError unless there are more than twice as many clips as neighbours, and when no
/// clip is farther from one of them than its neighbours.
std::unique_ptr<TripletSampler> near_triplets(ClipVectors vectors, std::size_t neighbours);

/// Each column scaled to mean 0 and deviation 1; constant columns become 0.
void standardise(ClipVectors& vectors);

/// Clips that have labels, in the space of the `most` largest singular vectors of the matrix [clips, labels], scaled to length 1. (Latent
/// semantic analysis: Deerwester et al., 1990.)
ClipVectors latent_vectors(const ClipList& clips, std::size_t most);

}  // namespace sonograd::train
