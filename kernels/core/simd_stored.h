// Elements of storage types (kernels/core/stored.h) in loops that the compiler vectorises: bf16 in memory, float32 in
// registers. Only for `*_simd.cpp` files.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"
#include "tensor/dtype.h"

namespace sonograd::kernels::simd {

static inline SONOGRAD_INLINE float widen(float value) {
  return value;
}
static inline SONOGRAD_INLINE float widen(bf16 value) {
  return __builtin_bit_cast(float, std::uint32_t{value.bits} << 16);
}

/// Rounds to the nearest value, ties to even; a NaN keeps a bit of its mantissa.
static inline SONOGRAD_INLINE void narrow(float value, float& place) {
  place = value;
}
static inline SONOGRAD_INLINE void narrow(float value, bf16& place) {
  const auto word = __builtin_bit_cast(std::uint32_t, value);
  const std::uint32_t rounded = word + 0x7fffu + ((word >> 16) & 1u);
  place.bits = static_cast<std::uint16_t>((value == value ? rounded : word | 0x400000u) >> 16);
}

/// y[i] (= or +=) value(i) for i < n. Two loops: with the choice inside, some are not vectorised.
template <class T, class Value>
static inline SONOGRAD_INLINE void write(bool add, std::int64_t n, T* y, const Value& value) {
  if (add) {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) narrow(widen(y[i]) + value(i), y[i]);
  } else {
#pragma omp simd
    for (std::int64_t i = 0; i < n; ++i) narrow(0.0f + value(i), y[i]);
  }
}

}  // namespace sonograd::kernels::simd
