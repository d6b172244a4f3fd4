// Elementwise losses of rows of `tags` scores.
#pragma once

#include "kernels/core/simd.h"
#include "kernels/losses/criteria.h"

namespace sonograd::kernels::cpu {

/// Parameters [tags] of the tags. `weight` null: all 1; `marked` is read for bce_mse_mix only.
struct TagRules {
  const float* weight;
  const std::uint8_t* marked;
};

// clang-format off
/// Weighted sum of the losses over `rows` rows.
SONOGRAD_SIMD_DECLARE(float loss_sum(Criterion criterion, TagRules rules, const float* x, const float* target,
                                     std::int64_t rows, std::int64_t tags))
/// dx (= or +=) scale * the weighted derivative.
SONOGRAD_SIMD_DECLARE(void loss_gradient(Criterion criterion, TagRules rules, const float* x, const float* target,
                                         float scale, std::int64_t rows, std::int64_t tags, bool add, float* dx))
// clang-format on

}  // namespace sonograd::kernels::cpu
