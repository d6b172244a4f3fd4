// How a kernel's result reaches memory: replacing what is there, or added to it. Not part of simt.h.
#pragma once

#include "kernels/simt/vector.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

__device__ inline void write(float& place, float value, bool add) {
  place = add ? place + value : value;
}

/// `N` neighbouring elements. `to` must be aligned to all of them together.
template <int N>
__device__ void write_vec(float* to, Vec<float, N> value, bool add) {
  if (add) {
    const auto before = load_vec<N>(to);
    for (int i = 0; i < N; ++i) value[i] += before[i];
  }
  store_vec(to, value);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
