// Scalars of a step of an optimiser, in float32. Without inline functions, for SIMD files.
#pragma once

#include <cstdint>

namespace sonograd::kernels {

struct OptimizerOptions;

struct StepScalars {
  float lr, momentum, beta2, alpha, eps, l2, l1;
  float new1, new2, new_alpha;  ///< 1 - beta1, 1 - beta2, 1 - alpha: the weights of the new gradient
  float keep;                   ///< 1 - lr * decay
  float first_correction;       ///< lr / (1 - beta1^step)
  float root_correction;        ///< 1 / sqrt(1 - beta2^step)
};

StepScalars step_scalars(const OptimizerOptions& options, std::int64_t step);

}  // namespace sonograd::kernels
