// y = ln(1 + exp(x)) = max(0, x) + ln(1 + exp(-|x|)) (Dugas et al., 2001).
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Softplus {
  static constexpr Saves kSaves = Saves::argument;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    const T magnitude = x < T(0) ? -x : x;
    return (x < T(0) ? T(0) : x) + Math::log1p(Math::exp(-magnitude));
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T x, T dy, T) {
    return dy / (T(1) + Math::exp(-x));
  }
};

}  // namespace sonograd::kernels::functions
