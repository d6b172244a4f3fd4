// The CPU rows of the optimiser ladder.
#pragma once

#include "kernels/optimizer/optimizer.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<OptimizerStep> optimizer_step_reference, optimizer_step_simd;

}  // namespace sonograd::kernels::cpu
