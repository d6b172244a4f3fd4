// y = 1 / (1 + exp(-x))
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Sigmoid {
  static constexpr Saves kSaves = Saves::output;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return T(1) / (T(1) + Math::exp(-x));
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T y, T dy, T) {
    return dy * y * (T(1) - y);
  }
};

}  // namespace sonograd::kernels::functions
