// Stores of results, which replace or accumulate, rounded once. Not part of simt.h.
#pragma once

#include "kernels/simt/stored.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

template <class T>
__device__ void write(T& place, float value, bool add) {
  place = narrow<T>(add ? widen(place) + value : value);
}

/// Writes `N` neighbouring elements. `to` must be aligned to all of them together.
template <int N, class T>
__device__ void write_vec(T* to, Vec<float, N> value, bool add) {
  if (add) {
    const auto before = load_wide<N>(to);
    for (int i = 0; i < N; ++i) value[i] += before[i];
  }
  store_narrow(to, value);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
