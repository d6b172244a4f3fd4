// y = a / b
#pragma once

#include "kernels/pointwise/function.h"

namespace sonograd::kernels::functions {

struct Div {
  template <class T>
  SONOGRAD_FUNCTION T value(T a, T b) {
    return a / b;
  }
};

}  // namespace sonograd::kernels::functions
