// y = x / (1 + exp(-x)), also known as swish (Elfwing, Uchibe and Doya, 2018).
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Silu {
  static constexpr Saves kSaves = Saves::argument;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return x / (T(1) + Math::exp(-x));
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T x, T dy, T) {
    const T sigmoid = T(1) / (T(1) + Math::exp(-x));
    return dy * sigmoid * (T(1) + x * (T(1) - sigmoid));
  }
};

}  // namespace sonograd::kernels::functions
