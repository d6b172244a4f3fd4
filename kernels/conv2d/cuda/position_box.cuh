// Rectangle of positions that a block owns.
#pragma once

#include <algorithm>
#include <bit>

#include "kernels/conv2d/cuda/digits.cuh"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// 2^n examples × 2^t × 2^f positions of the written map, frequency fastest.
struct Box {
  int n, t, f;  // logarithms

  /// A box of 2^size positions: square where the map allows it, longer where the map is narrow, of several examples where it
  /// is small.
  static Box of(int size, int positions_t, int positions_f) {
    const auto covering = [](int extent) { return int(std::bit_width(unsigned(std::max(extent, 1) - 1))); };
    int f = std::min((size + 1) / 2, covering(positions_f));
    const int t = std::min(size - f, covering(positions_t));
    f = std::min(size - t, covering(positions_f));
    return {size - t - f, t, f};
  }
  /// Numbers of boxes that cover a map.
  constexpr Digits counts(int batch, int positions_t, int positions_f) const {
    return {((batch - 1) >> n) + 1, ((positions_t - 1) >> t) + 1, ((positions_f - 1) >> f) + 1};
  }
  /// Position `i` of the box.
  __device__ Digits at(int i) const { return {i >> (t + f), (i >> f) & ((1 << t) - 1), i & ((1 << f) - 1)}; }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
