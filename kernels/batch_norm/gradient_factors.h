// Gradient of a batch norm as a linear function of dy and x, for rows on the CPU.
#pragma once

#include <cstdint>

namespace sonograd::kernels::cpu {

/// dx = dy_factor * dy + x_factor * (x - mean) + constant, for one channel.
struct BatchNormGradient {
  double dy_factor, x_factor, constant;

  /// `sum_dy`: sum of dy; `sum_dy_x`: sum of dy * (x - mean); both over `rows` rows.
  BatchNormGradient(double weight, double inv_std, double sum_dy, double sum_dy_x, std::int64_t rows)
      : dy_factor(weight * inv_std),
        x_factor(-dy_factor * inv_std * inv_std * sum_dy_x / static_cast<double>(rows)),
        constant(-dy_factor * sum_dy / static_cast<double>(rows)) {}
};

}  // namespace sonograd::kernels::cpu
