// y = s x above 0, else s a (exp(x) - 1) (Klambauer et al., "Self-normalizing neural networks", NIPS 2017), s = 1.0507, a = 1.6733.
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Selu {
  static constexpr Saves kSaves = Saves::output;
  static constexpr bool kUsesAlpha = false;
  static constexpr double kScale = 1.0507009873554805, kFloor = kScale * 1.6732632423543772;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return x > T(0) ? T(kScale) * x : T(kFloor) * Math::expm1(x);
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T y, T dy, T) {
    return y > T(0) ? T(kScale) * dy : dy * (y + T(kFloor));
  }
};

}  // namespace sonograd::kernels::functions
