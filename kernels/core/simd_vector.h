// Vectors of floats as wide as the instruction set's registers, for loops that a compiler does not vectorise
// well by itself. Only for `*_simd.cpp` files; arithmetic and comparison operators work element by element,
// `mask ? a : b` too.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels::SONOGRAD_SIMD {
namespace {

#if defined(__AVX512F__)
constexpr int kVector = 16;
#else
constexpr int kVector = 8;
#endif

typedef float Vector __attribute__((vector_size(kVector * sizeof(float))));
typedef std::int32_t IntVector __attribute__((vector_size(kVector * sizeof(std::int32_t))));
typedef std::uint8_t ByteVector __attribute__((vector_size(kVector)));

template <class V = Vector, class T>
inline V load(const T* x) {
  V v;
  __builtin_memcpy(&v, x, sizeof(v));
  return v;
}

template <class V, class T>
inline void store(V v, T* x) {
  __builtin_memcpy(x, &v, sizeof(v));
}

/// The first `n` elements; zeros after them.
template <class V = Vector, class T>
inline V load(const T* x, std::int64_t n) {
  if (n >= kVector) return load<V>(x);
  V v = {};
  __builtin_memcpy(&v, x, static_cast<std::size_t>(n) * sizeof(T));
  return v;
}

/// Only the first `n` elements.
template <class V, class T>
inline void store(V v, T* x, std::int64_t n) {
  if (n >= kVector) return store(v, x);
  __builtin_memcpy(x, &v, static_cast<std::size_t>(n) * sizeof(T));
}

}  // namespace
}  // namespace sonograd::kernels::SONOGRAD_SIMD
