// The CUDA rows of the softmax ladders, one file per rung.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/softmax/softmax.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<SoftmaxForward> softmax_forward_naive,
                   softmax_forward_warp_per_row;
                   extern const KernelVariant<SoftmaxBackward> softmax_backward_naive,
                   softmax_backward_warp_per_row;)

}  // namespace sonograd::kernels
