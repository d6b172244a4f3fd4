// Extents of a tensor, row-major: the last axis is contiguous.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <ostream>
#include <span>
#include <string>

#include "tensor/support/error.h"

namespace sonograd {

inline constexpr int kMaxRank = 8;

/// Up to `kMaxRank` extents, each >= 0. A scalar has rank 0 and one element.
class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> extents) : Shape(std::span(extents.begin(), extents.size())) {}
  /// Throws ShapeError: more than `kMaxRank` axes, a negative extent, or more elements than 64 bits can
  /// count.
  explicit Shape(std::span<const std::int64_t> extents) {
    if (extents.size() > static_cast<std::size_t>(kMaxRank)) {
      throw ShapeError(concat("[shape] at most ", kMaxRank, " axes, got ", extents.size()));
    }
    for (const std::int64_t extent : extents) push_back(extent);
  }

  int rank() const { return rank_; }
  std::int64_t numel() const { return numel_; }
  /// Extent of an axis; negative axes count from the end.
  std::int64_t operator[](int axis) const { return extents_[static_cast<std::size_t>(normalize(axis))]; }
  const std::int64_t* begin() const { return extents_.data(); }
  const std::int64_t* end() const { return extents_.data() + rank_; }

  /// `axis` counted from the start. Throws ShapeError outside [-rank, rank).
  int normalize(int axis) const {
    const int positive = axis < 0 ? axis + rank_ : axis;
    if (positive < 0 || positive >= rank_) {
      throw ShapeError(concat("[shape] axis ", axis, " of a shape with ", rank_, " axes"));
    }
    return positive;
  }

  /// A copy with one extent replaced.
  Shape with(int axis, std::int64_t extent) const {
    std::array<std::int64_t, kMaxRank> extents = extents_;
    extents[static_cast<std::size_t>(normalize(axis))] = extent;
    return Shape(std::span(extents).first(static_cast<std::size_t>(rank_)));
  }

  void push_back(std::int64_t extent) {
    if (rank_ == kMaxRank) throw ShapeError(concat("[shape] at most ", kMaxRank, " axes"));
    if (extent < 0) throw ShapeError(concat("[shape] negative extent ", extent));
    // Strides are products of extents too, and those beside an empty axis must not overflow either.
    std::int64_t product = 1;
    for (const std::int64_t other : *this) product *= std::max<std::int64_t>(other, 1);
    if (extent != 0 && product > std::numeric_limits<std::int64_t>::max() / 8 / extent) {
      throw ShapeError("[shape] more elements than 64 bits can count in bytes");
    }
    extents_[static_cast<std::size_t>(rank_++)] = extent;
    numel_ *= extent;
  }

  friend bool operator==(const Shape& a, const Shape& b) {
    if (a.rank_ != b.rank_) return false;
    for (int axis = 0; axis < a.rank_; ++axis) {
      if (a[axis] != b[axis]) return false;
    }
    return true;
  }

  friend std::ostream& operator<<(std::ostream& out, const Shape& shape) {
    out << '[';
    for (int axis = 0; axis < shape.rank_; ++axis) out << (axis ? ", " : "") << shape[axis];
    return out << ']';
  }

 private:
  std::array<std::int64_t, kMaxRank> extents_{};
  int rank_ = 0;
  std::int64_t numel_ = 1;
};

}  // namespace sonograd
