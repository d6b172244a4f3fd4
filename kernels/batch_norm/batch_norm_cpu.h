// The CPU rows of the batch norm ladders, and what the fused ops share with them.
#pragma once

#include "kernels/batch_norm/batch_norm.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<BatchNormStatistics> batch_norm_statistics_reference, batch_norm_statistics_folded;
extern const KernelVariant<InverseDeviation> inverse_deviation_reference, inverse_deviation_simd;
extern const KernelVariant<BatchNormApply> batch_norm_apply_reference, batch_norm_apply_folded;
extern const KernelVariant<BatchNormBackward> batch_norm_backward_reference, batch_norm_backward_folded;

/// dx = dy_factor * dy + x_factor * (x - mean) + constant, for one channel.
struct BatchNormGradient {
  double dy_factor, x_factor, constant;

  /// From sum_dy = sum of dy and sum_dy_x = sum of dy * (x - mean) over `rows` rows.
  BatchNormGradient(double weight, double inv_std, double sum_dy, double sum_dy_x, std::int64_t rows)
      : dy_factor(weight * inv_std),
        x_factor(-dy_factor * inv_std * inv_std * sum_dy_x / static_cast<double>(rows)),
        constant(-dy_factor * sum_dy / static_cast<double>(rows)) {}
};

}  // namespace sonograd::kernels::cpu
