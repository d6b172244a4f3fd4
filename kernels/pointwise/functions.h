// The functions that the pointwise kernels know.
#pragma once

#include <cstdint>

namespace sonograd::kernels {

/// y = f(x). `gelu` is x times the standard normal distribution function (Hendrycks and Gimpel, 2016), by
/// erf; `scale` is alpha x.
enum class Unary : std::uint8_t { relu, sigmoid, tanh, gelu, exp, log, scale };

/// y = f(a, b).
enum class Binary : std::uint8_t { add, mul };

/// Does the derivative want the value y of the function, rather than its argument x?
constexpr bool saves_output(Unary f) {
  return f == Unary::relu || f == Unary::sigmoid || f == Unary::tanh || f == Unary::exp;
}

}  // namespace sonograd::kernels
