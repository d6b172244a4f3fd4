// The hot loop of the optimiser.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels {

/// Options of one step, reduced to what the loop multiplies with.
struct OptimizerScalars {
  float gradient_scale, l2, l1, keep;    ///< keep: what decoupled decay leaves of w
  float momentum, nesterov;              ///< nesterov: 1 or 0
  float decay1, fresh1, decay2, fresh2;  ///< moments: old weight, new weight
  float rate, root_scale, eps;           ///< rate with bias correction; sqrt(v) * root_scale
};

SONOGRAD_SIMD_DECLARE(void sgd_step(const OptimizerScalars& s, std::int64_t n, float* w, const float* dw,
                                    float* b))
SONOGRAD_SIMD_DECLARE(void adam_step(const OptimizerScalars& s, std::int64_t n, float* w, const float* dw,
                                     float* m, float* v))
SONOGRAD_SIMD_DECLARE(void rmsprop_step(const OptimizerScalars& s, std::int64_t n, float* w, const float* dw,
                                        float* v, float* b))

}  // namespace sonograd::kernels
