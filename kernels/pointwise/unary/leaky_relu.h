// y = x above 0, else 0.01 x (Maas, Hannun and Ng, 2013). The derivative at 0 is 0.01, as in PyTorch.
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct LeakyRelu {
  static constexpr Saves kSaves = Saves::output;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return x > T(0) ? x : T(0.01) * x;
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T y, T dy, T) {
    return y > T(0) ? dy : T(0.01) * dy;
  }
};

}  // namespace sonograd::kernels::functions
