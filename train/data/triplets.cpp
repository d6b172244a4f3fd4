#include "train/data/triplets.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "tensor/support/text.h"
#include "train/data/data_error.h"
#include "train/data/symmetric_eigen.h"

namespace sonograd::train {
namespace {

bool has_label(const ClipList& clips, std::size_t clip, std::size_t label) {
  return clips.target(clip)[label] >= kPositiveGrade;
}

/// The `index`-th of 0, 1, 2 … without the numbers of `sorted`.
std::size_t outside(std::span<const std::size_t> sorted, std::size_t index) {
  std::size_t below = 0, above = sorted.size();  // sorted[i] - i does not fall
  while (below < above) {
    const std::size_t middle = (below + above) / 2;
    if (sorted[middle] - middle <= index) {
      below = middle + 1;
    } else {
      above = middle;
    }
  }
  return index + below;
}

class TagTriplets final : public TripletSampler {
 public:
  TagTriplets(const ClipList& clips, LabelWeights weights)
      : clips_(clips.size()), labels_(labels_with_triplets(clips)) {
    if (labels_.empty())
      throw DataError(concat("none of the ", counted(clips.labels, "label"), " of ",
                             counted(clips.size(), "clip"),
                             " gives triplets: one that two clips have and a third one lacks"));
    double sum = 0;
    for (const std::size_t label : labels_) {
      std::vector<std::size_t>& own = members_.emplace_back();
      for (std::size_t clip = 0; clip < clips.size(); ++clip)
        if (has_label(clips, clip, label)) own.push_back(clip);
      sum += weights == LabelWeights::balanced ? 1 / static_cast<double>(own.size()) : 1;
      sums_.push_back(sum);
    }
  }

  ClipTriplet draw(std::size_t, Random& random) const override {
    const auto found = std::ranges::upper_bound(sums_, sums_.back() * random.uniform());
    const auto which = std::min(static_cast<std::size_t>(found - sums_.begin()), labels_.size() - 1);
    const std::vector<std::size_t>& own = members_[which];
    const std::size_t anchor = random.below(own.size());
    std::size_t positive = random.below(own.size() - 1);
    positive += positive >= anchor;
    const std::size_t negative = outside(own, random.below(clips_ - own.size()));
    return {own[anchor], own[positive], negative, which, 0};
  }
  bool is_negative(const ClipTriplet& triplet, std::size_t clip) const override {
    return !std::ranges::binary_search(members_[triplet.label], clip);
  }

 private:
  std::size_t clips_;
  std::vector<std::size_t> labels_;
  std::vector<std::vector<std::size_t>> members_;  ///< clips of each of these labels, ascending
  std::vector<double> sums_;                       ///< of the weights up to each of them
};

class InstanceTriplets final : public TripletSampler {
 public:
  explicit InstanceTriplets(std::size_t clips) : clips_(clips) {
    if (clips < 2) throw DataError("triplet.sampling = instance: expected two clips at least");
  }

  ClipTriplet draw(std::size_t example, Random& random) const override {
    const std::size_t anchor = example % clips_;
    std::size_t negative = random.below(clips_ - 1);
    negative += negative >= anchor;
    return {anchor, anchor, negative, 0, 0};
  }
  bool is_negative(const ClipTriplet& triplet, std::size_t clip) const override {
    return clip != triplet.anchor;
  }

 private:
  std::size_t clips_;
};

class NearTriplets final : public TripletSampler {
 public:
  NearTriplets(ClipVectors vectors, std::size_t neighbours)
      : vectors_(std::move(vectors)), neighbours_(neighbours) {
    if (2 * neighbours >= vectors_.clips.size())
      throw DataError(concat("triplet.neighbours = ", neighbours, ": expected fewer than half of the ",
                             counted(vectors_.clips.size(), "training clip"), " to compare"));
    for (std::size_t anchor = 0; anchor < vectors_.clips.size(); ++anchor) {
      if (!has_farther_clip(anchor))
        throw DataError("triplet.sampling: all other clips are equally near to one of the training clips");
    }
  }

  ClipTriplet draw(std::size_t example, Random& random) const override {
    const std::size_t anchor = example % vectors_.clips.size();
    std::vector<std::pair<double, std::size_t>> others;
    for (std::size_t i = 0; i < vectors_.clips.size(); ++i)
      if (i != anchor) others.emplace_back(distance(anchor, i), vectors_.clips[i]);
    std::ranges::sort(others);
    const double near = others[neighbours_ - 1].first, half = others[others.size() / 2].first;
    const auto distance_of = &std::pair<double, std::size_t>::first;
    const auto end = std::ranges::upper_bound(others, near, {}, distance_of);
    const auto begin = std::max(end, std::ranges::lower_bound(others, half, {}, distance_of));
    const auto any = [&](auto first, auto last) {
      return first + static_cast<std::ptrdiff_t>(random.below(static_cast<std::size_t>(last - first)));
    };
    const std::size_t positive = any(others.begin(), end)->second;
    return {vectors_.clips[anchor], positive, any(begin, others.end())->second, 0, begin->first};
  }
  bool is_negative(const ClipTriplet& triplet, std::size_t clip) const override {
    return distance(place_of(triplet.anchor), place_of(clip)) >= triplet.far;
  }

 private:
  /// Is a clip farther from the anchor than its last neighbour? Looks at few clips unless many are equally near.
  bool has_farther_clip(std::size_t anchor) const {
    double farthest = -1;
    std::size_t seen = 0, nearer = 0;  // than the farthest
    for (std::size_t i = 0; i < vectors_.clips.size() && nearer < neighbours_; ++i) {
      if (i == anchor) continue;
      const double of_this = distance(anchor, i);
      if (of_this > farthest) {
        farthest = of_this;
        nearer = seen;
      } else if (of_this < farthest) {
        ++nearer;
      }
      ++seen;
    }
    return nearer >= neighbours_;
  }
  /// Place of a clip that has a vector.
  std::size_t place_of(std::size_t clip) const {
    return static_cast<std::size_t>(std::ranges::lower_bound(vectors_.clips, clip) - vectors_.clips.begin());
  }
  double distance(std::size_t a, std::size_t b) const {
    const float* const x = vectors_.values.data() + a * vectors_.width;
    const float* const y = vectors_.values.data() + b * vectors_.width;
    double sum = 0;
    for (std::size_t i = 0; i < vectors_.width; ++i) sum += (double{x[i]} - y[i]) * (double{x[i]} - y[i]);
    return sum;
  }

  ClipVectors vectors_;
  std::size_t neighbours_;
};

}  // namespace

std::vector<std::size_t> labels_with_triplets(const ClipList& clips) {
  std::vector<std::size_t> labels;
  for (std::size_t label = 0; label < clips.labels; ++label) {
    std::size_t count = 0;
    for (std::size_t clip = 0; clip < clips.size(); ++clip) count += has_label(clips, clip, label);
    if (count >= 2 && count < clips.size()) labels.push_back(label);
  }
  return labels;
}

std::unique_ptr<TripletSampler> tag_triplets(const ClipList& clips, LabelWeights weights) {
  return std::make_unique<TagTriplets>(clips, weights);
}

std::unique_ptr<TripletSampler> instance_triplets(std::size_t clips) {
  return std::make_unique<InstanceTriplets>(clips);
}

std::unique_ptr<TripletSampler> near_triplets(ClipVectors vectors, std::size_t neighbours) {
  return std::make_unique<NearTriplets>(std::move(vectors), neighbours);
}

void standardise(ClipVectors& vectors) {
  const std::size_t rows = vectors.clips.size(), width = vectors.width;
  for (std::size_t column = 0; column < width; ++column) {
    double sum = 0, squares = 0;
    for (std::size_t i = column; i < vectors.values.size(); i += width) sum += vectors.values[i];
    const double mean = sum / static_cast<double>(rows);
    for (std::size_t i = column; i < vectors.values.size(); i += width)
      squares += (vectors.values[i] - mean) * (vectors.values[i] - mean);
    const double deviation = std::sqrt(squares / static_cast<double>(rows));
    for (std::size_t i = column; i < vectors.values.size(); i += width)
      vectors.values[i] = deviation > 0 ? static_cast<float>((vectors.values[i] - mean) / deviation) : 0.0f;
  }
}

ClipVectors latent_vectors(const ClipList& clips, std::size_t most) {
  const std::size_t labels = clips.labels;
  ClipVectors vectors{.width = std::min(most, labels), .clips = {}, .values = {}};
  std::vector<double> gram(labels * labels);  // A'A, whose eigenvectors are the right singular vectors of A
  for (std::size_t clip = 0; clip < clips.size(); ++clip) {
    bool is_labelled = false;
    for (std::size_t a = 0; a < labels; ++a) {
      if (!has_label(clips, clip, a)) continue;
      is_labelled = true;
      for (std::size_t b = 0; b < labels; ++b) gram[a * labels + b] += has_label(clips, clip, b);
    }
    if (is_labelled) vectors.clips.push_back(clip);
  }
  const std::vector<double> basis = symmetric_eigenvectors(std::move(gram), labels);
  for (const std::size_t clip : vectors.clips) {
    std::vector<double> row(vectors.width);
    for (std::size_t label = 0; label < labels; ++label)
      if (has_label(clips, clip, label))
        for (std::size_t i = 0; i < row.size(); ++i) row[i] += basis[i * labels + label];
    const double length = std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0));
    for (const double value : row)
      vectors.values.push_back(static_cast<float>(length > 0 ? value / length : 0));
  }
  return vectors;
}

}  // namespace sonograd::train
