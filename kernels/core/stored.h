// Storage types: float32 and bfloat16 in memory. Arithmetic, sums and statistics are in float32 (in double in `reference`);
// a result is rounded to its storage type once, to the nearest value and ties to even, when it is stored:
// |stored - result| <= 2^-8 |result| for bf16, which has 8 bits of significand.
#pragma once

#include <bit>
#include <cmath>
#include <type_traits>

#include "tensor/dtype.h"

namespace sonograd::kernels {

/// Type of the arithmetic on elements that are stored as `T`: float for bf16, else `T`. Statistics and parameters of norms
/// are stored in it, too.
template <class T>
using Computed = std::conditional_t<std::is_same_v<T, bf16>, float, T>;

/// The same for element types.
constexpr DType computed_dtype(DType stored) {
  return stored == DType::bf16 ? DType::f32 : stored;
}

/// Value of an element.
template <class T>
constexpr Computed<T> widen(T value) {
  return static_cast<Computed<T>>(value);
}

/// Element nearest to a value, ties to even, rounded once.
template <class T>
T narrow(double value) {
  const auto nearest = static_cast<float>(value);
  if constexpr (std::is_same_v<T, bf16>) {
    // Rounded to odd as a float first: the nearest float may lie halfway between two bf16 where `value` does not.
    const std::uint32_t toward_zero =
        std::bit_cast<std::uint32_t>(nearest) - std::uint32_t{std::abs(nearest) > std::abs(value)};
    return bf16(std::bit_cast<float>(toward_zero | std::uint32_t{static_cast<double>(nearest) != value}));
  } else {
    return static_cast<T>(value);
  }
}

/// Calls `f(T())` with the storage type of a row that is not `reference`: float or bf16.
template <class F>
decltype(auto) visit_stored(DType dtype, F&& f) {
  if (dtype == DType::bf16) return f(bf16());
  return f(float());
}

}  // namespace sonograd::kernels
