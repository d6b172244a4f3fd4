// y = alpha x
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Scale {
  static constexpr Saves kSaves = Saves::nothing;
  static constexpr bool kUsesAlpha = true;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T alpha) {
    return alpha * x;
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T, T dy, T alpha) {
    return alpha * dy;
  }
};

}  // namespace sonograd::kernels::functions
