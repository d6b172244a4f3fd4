// The CPU rows of the loss ladders.
#pragma once

#include "kernels/loss/loss.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<LossForward> loss_forward_reference, loss_forward_simd;
extern const KernelVariant<LossBackward> loss_backward_reference, loss_backward_simd;

}  // namespace sonograd::kernels::cpu
