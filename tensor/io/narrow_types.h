// Element types of files for which there is no DType: they are widened, and nothing is lost.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sonograd::io {

/// IEEE 754 binary16, for f32.
inline float from_half(std::uint16_t half) {
  const int exponent = (half >> 10) & 0x1f;
  const int mantissa = half & 0x3ff;
  float magnitude =
      std::ldexp(static_cast<float>(mantissa + (exponent > 0 ? 1024 : 0)), std::max(exponent, 1) - 25);
  if (exponent == 0x1f) magnitude = mantissa == 0 ? HUGE_VALF : NAN;
  return std::copysign(magnitude, (half & 0x8000) != 0 ? -1.0f : 1.0f);
}

/// 0 or 1, for u8.
inline std::uint8_t from_bool(std::uint8_t byte) {
  return byte != 0 ? 1 : 0;
}

}  // namespace sonograd::io
