// Contributions on the axes of a clip: those of its chunks, put together.
#pragma once

#include <cstdint>
#include <vector>

#include "models/core/feature_axes.h"
#include "models/tagging/chunk_source.h"

namespace sonograd::models {

/// Sums of contributions in columns of equal length. Where chunks overlap, each counts in inverse proportion to their number; the
/// repetitions of a clip that is shorter than a chunk add up, and values outside of the clip (padding) count at its nearest end.
class ClipMap {
 public:
  ClipMap() = default;
  /// A clip of `samples` >= 1, cut into chunks by `rule`. Columns have `axes.step` samples, or 10 ms where that is shorter.
  ClipMap(const FeatureAxes& axes, const ChunkRule& rule, std::int64_t samples);

  /// Adds the values [T * bands] of chunk `index`. Throws FormatError when one of them is not finite.
  void add(std::size_t index, const std::vector<double>& values);

  std::int64_t columns() const { return columns_; }
  double column_seconds() const { return column_samples_ / sample_rate_; }
  /// Bands of a column: those of the axes, or one.
  std::int64_t bands() const { return bands_; }
  double at(std::int64_t column, std::int64_t band) const {
    return sums_[static_cast<std::size_t>(column * bands_ + band)];
  }
  /// Sum over the bands of each column.
  std::vector<double> over_time() const;

 private:
  std::int64_t column_of(double sample) const;

  double sample_rate_ = 1, column_samples_ = 1;
  double first_ = 0, step_ = 1;
  std::int64_t samples_ = 0, columns_ = 0, bands_ = 1;
  bool repeats_ = false;  ///< the clip is repeated in its chunk
  std::vector<audio::Chunk> places_;
  std::vector<double> shares_;  ///< [columns]: 1 / number of the chunks there
  std::vector<double> sums_;    ///< [columns, bands]
};

/// A part of a clip.
struct Excerpt {
  double begin = 0, end = 0;  ///< s
  double sum = 0;             ///< of the contributions in it
};

/// At most `count` parts of `seconds` that do not overlap, those with the greatest sums first, or, with `greatest` false, the
/// smallest. A clip that is not longer than `seconds` is one part.
std::vector<Excerpt> pick_excerpts(const ClipMap& map, double seconds, std::size_t count, bool greatest);

}  // namespace sonograd::models
