// Vectors of floats as wide as the registers of the instruction set, for loops that compilers vectorise badly. Only for
// `*_simd.cpp` files. Arithmetic, comparisons and `mask ? a : b` work element by element.
#pragma once

#include <cstddef>
#include <cstdint>
#if defined(__AVX__)
#include <immintrin.h>
#endif

#include "kernels/core/simd.h"
#include "tensor/dtype.h"

namespace sonograd::kernels::SONOGRAD_SIMD {
namespace {

#if defined(__AVX512F__)
constexpr int kVector = 16;
#else
constexpr int kVector = 8;
#endif

typedef float Vector __attribute__((vector_size(kVector * sizeof(float))));
typedef std::int32_t IntVector __attribute__((vector_size(kVector * sizeof(std::int32_t))));
typedef std::uint32_t WordVector __attribute__((vector_size(kVector * sizeof(std::uint32_t))));
typedef std::uint16_t HalfVector __attribute__((vector_size(kVector * sizeof(std::uint16_t))));
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

/// Elements of a vector that a load or store covers: all (`Full`), or the first `n` < kVector (`Part`).
struct Full {};
struct Part {
  std::int64_t n;
};
/// All elements, stored around the caches: for results that are too large to stay there until they are read (a plain
/// store reads the line first). The address must be a multiple of the vector's size. `end_stream` must follow the last one.
struct Streamed : Full {};

template <class V = Vector, class T>
inline V load(const T* x, Full) {
  return load<V>(x);
}
/// Elements after the part are 0.
template <class V = Vector, class T>
inline V load(const T* x, Part part) {
  V v = {};
  __builtin_memcpy(&v, x, static_cast<std::size_t>(part.n) * sizeof(T));
  return v;
}

template <class V, class T>
inline void store(V v, T* x, Full) {
  store(v, x);
}
template <class V, class T>
inline void store(V v, T* x, Part part) {
  __builtin_memcpy(x, &v, static_cast<std::size_t>(part.n) * sizeof(T));
}

// bf16 in memory is float32 in registers: widened by a shift when it is loaded, rounded to the nearest value, ties to even,
// when it is stored. A NaN keeps a bit of its mantissa.
inline Vector widened(HalfVector v) {
  return reinterpret_cast<Vector>(__builtin_convertvector(v, WordVector) << 16);
}
inline HalfVector narrowed(Vector v) {
  const auto word = reinterpret_cast<WordVector>(v);
  const WordVector rounded = word + 0x7fffu + ((word >> 16) & 1u);
  return __builtin_convertvector((v == v ? rounded : word | 0x400000u) >> 16, HalfVector);
}
inline Vector load(const bf16* x) {
  return widened(load<HalfVector>(x));
}
inline Vector load(const bf16* x, Full) {
  return load(x);
}
inline Vector load(const bf16* x, Part part) {
  return widened(load<HalfVector>(x, part));
}
inline void store(Vector v, bf16* x) {
  store(narrowed(v), x);
}
inline void store(Vector v, bf16* x, Full) {
  store(narrowed(v), x);
}
inline void store(Vector v, bf16* x, Part part) {
  store(narrowed(v), x, part);
}
inline void store(Vector v, bf16* x, Streamed) {
#if defined(__AVX512F__)
  _mm256_stream_si256(reinterpret_cast<__m256i*>(x), reinterpret_cast<__m256i>(narrowed(v)));
#elif defined(__AVX__)
  _mm_stream_si128(reinterpret_cast<__m128i*>(x), reinterpret_cast<__m128i>(narrowed(v)));
#else
  store(v, x);
#endif
}

template <class T>
inline void store(Vector v, T* x, Streamed) {
#if defined(__AVX512F__)
  _mm512_stream_ps(x, v);
#elif defined(__AVX__)
  _mm256_stream_ps(x, v);
#else
  store(v, x);
#endif
}
/// Makes streamed stores visible to other threads.
inline void end_stream() {
#if defined(__AVX__)
  _mm_sfence();
#endif
}

/// Sum of the elements, in a fixed order.
inline float sum(Vector v) {
#if defined(__AVX512F__)
  v += __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
  v += __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
#else
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  v += __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5);
#endif
  return v[0] + v[1];
}

/// Calls `body(first element, Whole or Part)` for the vectors that cover `n` elements.
template <class Whole = Full, class Body>
inline void for_each_vector(std::int64_t n, const Body& body) {
  std::int64_t i = 0;
  for (; i + kVector <= n; i += kVector) body(i, Whole{});
  if (i < n) body(i, Part{n - i});
}

/// Calls `body.operator()<V>(first element, Whole or Part)` for groups of vectors that cover `n` elements: as many groups
/// of kVectors as fit, then single vectors.
template <int kVectors, class Whole = Full, class Body>
SONOGRAD_INLINE inline void for_each_group(std::int64_t n, const Body& body) {
  std::int64_t i = 0;
  for (; i + kVectors * kVector <= n; i += kVectors * kVector) body.template operator()<kVectors>(i, Whole{});
  for (; i + kVector <= n; i += kVector) body.template operator()<1>(i, Whole{});
  if (i < n) body.template operator()<1>(i, Part{n - i});
}

/// Fetches 4 KiB ahead of `x`; called at each load of loops over windows. The rows of a window are short and far apart, and
/// the prefetching of the processor does not follow them (4x slower from memory).
template <class T>
inline void prefetch_beyond(const T* x) {
  __builtin_prefetch(x + 4096 / sizeof(T));
}

}  // namespace
}  // namespace sonograd::kernels::SONOGRAD_SIMD
