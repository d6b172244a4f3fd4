// y = the square root of x; NaN for x below 0.
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Sqrt {
  static constexpr Saves kSaves = Saves::output;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return Math::sqrt(x);
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T y, T dy, T) {
    return T(0.5) * dy / y;
  }
};

}  // namespace sonograd::kernels::functions
