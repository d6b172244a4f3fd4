// The CUDA rows of the loss ladders.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/loss/loss.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<LossForward> loss_forward_one_block;
                   extern const KernelVariant<LossBackward> loss_backward_vectorized;)

}  // namespace sonograd::kernels
