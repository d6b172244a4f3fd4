// Cells of an input, the pieces that occlusion and deletion remove.
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace sonograd::models {

/// Division of inputs [1, T, F, ...] into `times` x `bands` rectangles, as equal as whole positions allow; at most one for each position.
/// Cell i is in column i / bands, counted along time, and row i % bands, from the lowest band.
class CellGrid {
 public:
  /// Throws ConfigError for fewer than one row or column.
  CellGrid(const Shape& input, std::int64_t times, std::int64_t bands);

  std::int64_t times() const { return times_; }
  std::int64_t bands() const { return bands_; }
  std::int64_t size() const { return times_ * bands_; }
  /// First position in time of column `time`, and first band of row `band`; with the number of columns or rows: the end.
  std::int64_t first_position(std::int64_t time) const { return time * positions_ / times_; }
  std::int64_t first_band(std::int64_t band) const { return band * width_ / bands_; }

  /// Calls `f(index)` for each value of a cell, by its index in the input.
  template <class F>
  void for_each(std::int64_t cell, const F& f) const {
    const std::int64_t time = cell / bands_, band = cell % bands_;
    for (std::int64_t t = first_position(time); t < first_position(time + 1); ++t) {
      for (std::int64_t b = first_band(band); b < first_band(band + 1); ++b)
        f(static_cast<std::size_t>(t * width_ + b));
    }
  }
  /// Copies the values of a cell from `source` to `input`; both are inputs on the host, f32 or f64 alike.
  void copy(std::int64_t cell, const Tensor& source, const Tensor& input) const;

 private:
  std::int64_t positions_, width_, times_, bands_;
};

}  // namespace sonograd::models
