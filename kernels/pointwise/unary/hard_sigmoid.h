// y = 0.2 x + 0.5, at least 0 and at most 1: the gates of recurrent layers of Keras 1 and 2. PyTorch's function of that name
// has the slope 1/6. The derivative at the corners is 0.
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct HardSigmoid {
  static constexpr Saves kSaves = Saves::output;
  static constexpr bool kUsesAlpha = false;

  template <class Math, class T>
  SONOGRAD_FUNCTION T value(T x, T) {
    return x < T(-2.5) ? T(0) : x > T(2.5) ? T(1) : T(0.2) * x + T(0.5);
  }
  template <class Math, class T>
  SONOGRAD_FUNCTION T gradient(T y, T dy, T) {
    return y > T(0) && y < T(1) ? T(0.2) * dy : T(0);
  }
};

}  // namespace sonograd::kernels::functions
