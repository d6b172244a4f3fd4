// Elements of storage types (kernels/core/stored.h): bf16 in memory is float32 in registers.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include "kernels/simt/vector.h"
#include "tensor/dtype.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

__device__ inline float widen(float value) {
  return value;
}
__device__ inline float widen(bf16 value) {
  return static_cast<float>(value);
}

/// Rounds to the nearest element, ties to even.
template <class T>
__device__ T narrow(float value) {
  if constexpr (std::is_same_v<T, float>) {
    return value;
  } else {
#if defined(__CUDACC__)
    bf16 result;
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(result.bits) : "f"(value));
    return result;
#else
    return bf16(value);
#endif
  }
}

/// Two neighbouring bf16 as one word, the first in its lower half: one instruction.
__device__ inline std::uint32_t narrow_two(float first, float second) {
#if defined(__CUDACC__)
  std::uint32_t word;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(second), "f"(first));
  return word;
#else
  return std::uint32_t{bf16(second).bits} << 16 | bf16(first).bits;
#endif
}

/// Reads `N` elements, which must be aligned as for `load_vec`.
template <int N>
__device__ Vec<float, N> load_wide(const float* from, Place place = Place::here()) {
  return load_vec<N>(from, place);
}
template <int N>
__device__ Vec<float, N> load_wide(const bf16* from, Place place = Place::here()) {
  const auto stored = load_vec<N>(from, place);
  Vec<float, N> value;
  for (int i = 0; i < N; ++i) value[i] = widen(stored[i]);
  return value;
}

/// Writes `N` elements, each rounded once.
template <int N>
__device__ void store_narrow(float* to, const Vec<float, N>& value, Place place = Place::here()) {
  store_vec(to, value, place);
}
template <int N>
__device__ void store_narrow(bf16* to, const Vec<float, N>& value, Place place = Place::here()) {
  if constexpr (N == 1) {
    store_vec(to, Vec<bf16, 1>{{narrow<bf16>(value[0])}}, place);
  } else {
    Vec<std::uint32_t, N / 2> words;
    for (int i = 0; i < N; i += 2) words[i / 2] = narrow_two(value[i], value[i + 1]);
    store_vec(to, std::bit_cast<Vec<bf16, N>>(words), place);
  }
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
