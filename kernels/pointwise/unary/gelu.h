// y = x Phi(x), Phi the standard normal distribution function, by erf (Hendrycks and Gimpel, 2016).
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Gelu {
  static constexpr Saves kSaves = Saves::argument;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return x * Math::normal_distribution(x);
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T x, T dy, T) {
    return dy * (Math::normal_distribution(x) + x * Math::normal_density(x));
  }
};

}  // namespace sonograd::kernels::functions
