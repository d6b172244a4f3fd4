// Rounding to the numbers of IEEE 754 binary16 (float16), kept as float32: features of networks that were trained on files of
// this type.
//
//   y[i] (= or +=) the number of binary16 nearest to x[i], ties to even
//
//   x, y any shape, dense, f32 (f64: `reference` only); y may be x
// From 65520 on the result is infinite; below 2^-14 the numbers are multiples of 2^-24; NaN stays NaN. There is no gradient.
// Errors: ShapeError for strided views and other extents; DTypeError for other element types.
#pragma once

#include <bit>
#include <cstdint>

#include "kernels/core/variant.h"

namespace sonograd::kernels {

/// The number of binary16 that is nearest to x, ties to even.
constexpr float rounded_to_half(float x) {
  const auto word = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t sign = word & 0x80000000u, size = word & 0x7fffffffu;
  if (size >= 0x7f800000u) return x;
  if (size < 0x38800000u) {  // below 2^-14, where the step of binary16 is that of float32 at 0.5
    const float rounded = (std::bit_cast<float>(size) + 0.5f) - 0.5f;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(rounded) | sign);
  }
  const std::uint32_t rounded = (size + 0xfffu + ((size >> 13) & 1u)) & ~0x1fffu;
  return std::bit_cast<float>((rounded >= 0x47800000u ? 0x7f800000u : rounded) | sign);
}

struct RoundHalfProblem {
  Shape shape;
  DType dtype = DType::f32;

  double flops() const { return 0; }
  double bytes() const {
    return 2 * static_cast<double>(size_of(dtype)) * static_cast<double>(shape.numel());
  }
  std::string summary() const { return concat(shape, ' ', name_of(dtype)); }
};

struct RoundHalf {
  static constexpr std::string_view name = "round_half";
  using Problem = RoundHalfProblem;
  struct Args {
    View x;
    Out y;
  };
};

/// y (= or +=) x, rounded.
void round_half(const View& x, const Out& y);

}  // namespace sonograd::kernels
