// Parts of kernels in which a warp owns a row of a matrix. Not part of simt.h.
#pragma once

#include <cmath>
#include <limits>

#include "kernels/simt/simt.h"
#include "kernels/simt/stored.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

inline constexpr int kRowWarps = 8, kRowThreads = kRowWarps * static_cast<int>(kWarpSize);

inline Grid grid_of_rows(std::int64_t rows) {
  return {{blocks_for(rows, kRowWarps)}, {kRowThreads}};
}

/// Row of this warp, the same for all its lanes; not below the number of rows for surplus warps, which may return.
__device__ inline std::int64_t row_of_warp() {
  return std::int64_t{blockIdx.x} * kRowWarps + threadIdx.x / kWarpSize;
}

/// Sum of `f(i)` over i < width, the same bits in all lanes. Neighbouring lanes take neighbouring i.
template <class F>
__device__ float sum_of_row(std::int64_t width, const F& f, Place place = Place::here()) {
  float sum = 0;
  for (std::int64_t i = lane_index(); i < width; i += kWarpSize) sum += f(i);
  return warp_sum(sum, place);
}

/// Largest element x of a row and sum of exp(x - largest), for a stable softmax.
struct RowExponentials {
  float largest, sum;  // largest x, sum of exp(x - largest)
};

template <class T>
__device__ RowExponentials exponentials_of_row(const T* x, std::int64_t width, Place place = Place::here()) {
  float largest = -std::numeric_limits<float>::infinity();
  for (std::int64_t i = lane_index(); i < width; i += kWarpSize) {
    const float value = widen(x[i]);
    largest = value > largest ? value : largest;
  }
  largest = warp_max(largest, place);
  return {largest, sum_of_row(
                       width, [=](std::int64_t i) { return std::exp(widen(x[i]) - largest); }, place)};
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
