// The CUDA rows of the conv2d ladders.
#pragma once

#include "kernels/conv2d/conv2d.h"
#include "kernels/core/cuda_rows.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Conv2dForward> conv2d_forward_naive, conv2d_forward_tiled,
                   conv2d_forward_mma, conv2d_forward_one_channel;
                   extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_naive,
                   conv2d_backward_data_tiled, conv2d_backward_data_mma, conv2d_backward_data_one_channel;
                   extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_naive,
                   conv2d_backward_weight_tiled, conv2d_backward_weight_mma,
                   conv2d_backward_weight_one_channel;)

}  // namespace sonograd::kernels
