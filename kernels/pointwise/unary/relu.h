// y = max(0, x); NaN propagates. The derivative at 0 is 0.
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Relu {
  static constexpr Saves kSaves = Saves::output;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return x < T(0) ? T(0) : x;
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T y, T dy, T) {
    return y > T(0) ? dy : T(0);
  }
};

}  // namespace sonograd::kernels::functions
