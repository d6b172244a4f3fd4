// y = x above 0, else exp(x) - 1 (Clevert, Unterthiner and Hochreiter, 2016, with alpha 1).
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Elu {
  static constexpr Saves kSaves = Saves::output;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return x > T(0) ? x : Math::expm1(x);
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T y, T dy, T) {
    return y > T(0) ? dy : dy * (y + T(1));
  }
};

}  // namespace sonograd::kernels::functions
