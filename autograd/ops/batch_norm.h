// Differentiable batch normalisation; formula and errors in kernels/batch_norm/batch_norm.h.
#pragma once

#include "autograd/variable.h"
#include "kernels/batch_norm/batch_norm.h"

namespace sonograd {

using kernels::RunningStatistics;

/// Statistics of one batch, per channel [C].
struct BatchStatistics {
  Tensor mean, inv_std;  ///< inv_std = 1 / sqrt(biased variance + eps)

  static BatchStatistics empty(std::int64_t channels, DType dtype, Device device);
};

/// Statistics of x [..., C] over all axes but the last, eps > 0; `running` moves.
BatchStatistics batch_statistics(const Tensor& x, const RunningStatistics& running, double eps = 1e-5);

/// Training: normalises x [..., C] with its own statistics, through which the gradient flows; weight, bias [C].
Variable batch_norm(const Variable& x, const BatchStatistics& statistics, const Variable& weight,
                    const Variable& bias);

/// Evaluation: the same with running statistics [C], which are constants.
Variable batch_norm(const Variable& x, const Tensor& running_mean, const Tensor& running_var,
                    const Variable& weight, const Variable& bias, double eps = 1e-5);

}  // namespace sonograd
