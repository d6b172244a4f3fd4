// Offsets of the elements of a copy, on the device, and their types.
#pragma once

#include "kernels/copy/copy.h"
#include "kernels/core/stored.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// Calls `f` with values of the element types of x and y: float or bf16 each.
template <class F>
void visit_types(const CopyProblem& p, const F& f) {
  visit_stored(p.dtype, [&](auto from) { visit_stored(p.y_dtype, [&](auto to) { f(from, to); }); });
}

struct CopyOffsets {
  std::int64_t from = 0, to = 0;
};

/// Some of the axes of a copy, in their order.
struct CopyAxes {
  std::int64_t extents[kMaxRank], from[kMaxRank], to[kMaxRank];
  int rank = 0;

  void push_back(std::int64_t extent, std::int64_t from_step, std::int64_t to_step) {
    extents[rank] = extent, from[rank] = from_step, to[rank] = to_step;
    ++rank;
  }

  /// Offsets of the position with number `i` in row-major order.
  __device__ CopyOffsets offsets(std::int64_t i) const {
    CopyOffsets at;
    for (int axis = rank - 1; axis >= 0; --axis) {
      const std::int64_t position = i % extents[axis];
      at.from += position * from[axis];
      at.to += position * to[axis];
      i /= extents[axis];
    }
    return at;
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
