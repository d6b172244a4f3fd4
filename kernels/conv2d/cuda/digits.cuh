// Indices over three nested axes that advance without divisions.
#pragma once

#include <concepts>

#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// A row-major index as a number of three digits: (n, t, f) of a position, or (t, f, channel) of an element of a filter.
/// `middles` and `lows`: numbers of values of the two lower digits.
struct Digits {
  int high, middle, low;

  template <std::integral Index>
  __device__ static Digits of(Index i, int middles, int lows) {
    const Index rows = i / lows;
    return {int(rows / middles), int(rows % middles), int(i % lows)};
  }
  /// Adds a small number: the loop runs once for every digit that overflows.
  __device__ void advance(int by, int middles, int lows) {
    low += by;
    while (low >= lows) {
      low -= lows;
      if (++middle == middles) middle = 0, ++high;
    }
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
