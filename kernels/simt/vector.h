// Memory accesses of several neighbouring elements.
#pragma once

#include <cstddef>

#include "kernels/simt/keywords.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

/// `N` elements in registers. Accesses of 4, 8 or 16 bytes are one instruction; wide ones use the full bandwidth.
template <class T, int N>
struct alignas(sizeof(T) * N <= 16 ? sizeof(T) * N : 16) Vec {
  static_assert((N & (N - 1)) == 0);
  T values[N];

  __device__ T& operator[](int i) { return values[i]; }
  __device__ const T& operator[](int i) const { return values[i]; }
};

/// Elements of a 16-byte access.
template <class T>
inline constexpr int kVectorWidth = 16 / static_cast<int>(sizeof(T));

/// Reads `N` elements. `from` must be aligned to all of them together.
template <int N, class T>
__device__ Vec<T, N> load_vec(const T* from, [[maybe_unused]] Place place = Place::here()) {
  static_assert(sizeof(Vec<T, N>) <= 16);
#if !defined(__CUDACC__)
  emulator::check_aligned(from, sizeof(Vec<T, N>), place);
#endif
  return *reinterpret_cast<const Vec<T, N>*>(from);
}

/// Writes `N` elements. `to` must be aligned to all of them together.
template <class T, int N>
__device__ void store_vec(T* to, const Vec<T, N>& value, [[maybe_unused]] Place place = Place::here()) {
  static_assert(sizeof(Vec<T, N>) <= 16);
#if !defined(__CUDACC__)
  emulator::check_aligned(to, sizeof(Vec<T, N>), place);
#endif
  *reinterpret_cast<Vec<T, N>*>(to) = value;
}

/// True when 16-byte accesses may read all of these. For the host, before a launch.
template <class... Pointers>
bool vector_aligned(const Pointers*... pointers) {
  return ((reinterpret_cast<std::size_t>(pointers) % 16 == 0) && ...);
}

}  // namespace sonograd::kernels::SONOGRAD_TARGET
