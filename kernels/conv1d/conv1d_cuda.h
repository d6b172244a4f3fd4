// The CUDA rows of the conv1d ladders.
#pragma once

#include "kernels/conv1d/conv1d.h"
#include "kernels/core/cuda_rows.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<Conv1dForward> conv1d_forward_naive, conv1d_forward_tiled,
                   conv1d_forward_mma, conv1d_forward_one_channel;
                   extern const KernelVariant<Conv1dBackwardData> conv1d_backward_data_naive,
                   conv1d_backward_data_tiled, conv1d_backward_data_mma, conv1d_backward_data_one_channel;
                   extern const KernelVariant<Conv1dBackwardWeight> conv1d_backward_weight_naive,
                   conv1d_backward_weight_tiled, conv1d_backward_weight_mma,
                   conv1d_backward_weight_one_channel;)

}  // namespace sonograd::kernels
