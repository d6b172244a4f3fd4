// Shared memory of a block. Objects are identified by their type: each kernel and each helper has a local `struct Smem` of
// its own, so that no two share memory.
//
//   struct Smem { float tile[32][33]; };
//   Smem& smem = shared<Smem>();
//
// Contents are undefined until written (the emulator fills them with NaN or huge numbers). At most 48 KiB; more by
// `dynamic_shared` and `Grid::shared_bytes`; both together at most `shared_memory_of_block(device)`.
#pragma once

#include <type_traits>

#include "kernels/simt/keywords.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

#if defined(__CUDACC__)

template <class T>
__device__ T& shared(Place = Place::here()) {
  static_assert(std::is_trivially_default_constructible_v<T>);
  __shared__ T object;
  return object;
}

/// The `Grid::shared_bytes` bytes of the launch, aligned to 1024 bytes.
template <class T>
__device__ T* dynamic_shared() {
  extern __shared__ __align__(1024) unsigned char dynamic_shared_bytes[];
  return reinterpret_cast<T*>(dynamic_shared_bytes);
}

#else

template <class T>
inline constexpr char kSharedKey = 0;

template <class T>
T& shared(Place place = Place::here()) {
  static_assert(std::is_trivially_default_constructible_v<T>);
  static_assert(sizeof(T) <= kMostStaticBytes, "static shared memory has at most 48 KiB");
  return *static_cast<T*>(emulator::shared_object(&kSharedKey<T>, sizeof(T), alignof(T), place));
}

template <class T>
T* dynamic_shared() {
  return reinterpret_cast<T*>(emulator::dynamic_shared_memory());
}

#endif

}  // namespace sonograd::kernels::SONOGRAD_TARGET
