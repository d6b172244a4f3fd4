// Where the filters of a convolution are in memory.
#pragma once

#include "kernels/conv2d/conv2d.h"

namespace sonograd::kernels::cpu {

/// Places of a weight [out, kT, kF, in], seen from a convolution from `in` to `out` channels (`forward`), or from its gradient in x as a
/// convolution from `out` to `in` channels by the rotated filters (`rotated`): element (output, tap, input) is at
/// first + output * output_step + tap * tap_step + input * input_step.
struct Taps {
  std::int64_t first, output_step, tap_step, input_step;

  static Taps forward(const Conv2dProblem& p) {
    return {0, p.kernel.t * p.kernel.f * p.in_channels, p.in_channels, 1};
  }
  static Taps rotated(const Conv2dProblem& p) {
    const std::int64_t taps = p.kernel.t * p.kernel.f;
    return {(taps - 1) * p.in_channels, 1, -p.in_channels, taps * p.in_channels};
  }
};

}  // namespace sonograd::kernels::cpu
