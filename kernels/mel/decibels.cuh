// Decibels of a power.
#pragma once

#include <algorithm>
#include <cmath>

#include "kernels/mel/mel.h"
#include "kernels/simt/simt.h"

namespace sonograd::kernels::SONOGRAD_TARGET {

struct Decibels {
  float amin, offset;

  explicit Decibels(const DbOptions& options)
      : amin(static_cast<float>(options.amin)),
        offset(static_cast<float>(10 * std::log10(std::max(options.ref, options.amin)))) {}

  __device__ float operator()(float power) const {
    return 10 * std::log10(power < amin ? amin : power) - offset;
  }
};

}  // namespace sonograd::kernels::SONOGRAD_TARGET
