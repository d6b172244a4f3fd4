// The CUDA row of the optimizer ladder.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/optimizer/optimizer.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<OptimizerStep> optimizer_step_one_launch;)

}  // namespace sonograd::kernels
