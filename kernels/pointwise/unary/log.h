// y = ln(x); NaN for x below 0.
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Log {
  static constexpr Saves kSaves = Saves::argument;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return Math::log(x);
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T x, T dy, T) {
    return dy / x;
  }
};

}  // namespace sonograd::kernels::functions
