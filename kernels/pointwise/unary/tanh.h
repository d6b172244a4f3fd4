// y = tanh(x)
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Tanh {
  static constexpr Saves kSaves = Saves::output;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return Math::tanh(x);
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T y, T dy, T) {
    return dy * (T(1) - y * y);
  }
};

}  // namespace sonograd::kernels::functions
