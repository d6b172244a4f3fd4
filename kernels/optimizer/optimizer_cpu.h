// The CPU rows of the optimizer ladder.
#pragma once

#include "kernels/optimizer/optimizer.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<OptimizerStep> optimizer_step_reference, optimizer_step_blocked;

}  // namespace sonograd::kernels::cpu
