// The CUDA rows of the cross entropy ladders.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/cross_entropy/cross_entropy.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<CrossEntropyForward> cross_entropy_forward_one_block;
                   extern const KernelVariant<CrossEntropyBackward> cross_entropy_backward_warp_per_row;)

}  // namespace sonograd::kernels
