// One row of logits at a time. `weight` and `mse_mask` may be null.
#pragma once

#include <cstdint>

#include "kernels/core/simd.h"

namespace sonograd::kernels {

SONOGRAD_SIMD_DECLARE(float tag_loss_row(std::int64_t n, const float* x, const float* z, const float* weight,
                                         const std::uint8_t* mse_mask))
SONOGRAD_SIMD_DECLARE(void tag_loss_backward_row(std::int64_t n, const float* x, const float* z,
                                                 const float* weight, const std::uint8_t* mse_mask,
                                                 float factor, bool adds, float* dx))
SONOGRAD_SIMD_DECLARE(float cross_entropy_row(std::int64_t n, const float* x, const float* z))
SONOGRAD_SIMD_DECLARE(void cross_entropy_backward_row(std::int64_t n, const float* x, const float* z,
                                                      float factor, bool adds, float* dx))
SONOGRAD_SIMD_DECLARE(float mse_row(std::int64_t n, const float* x, const float* z))
SONOGRAD_SIMD_DECLARE(void mse_backward_row(std::int64_t n, const float* x, const float* z, float factor,
                                            bool adds, float* dx))

}  // namespace sonograd::kernels
