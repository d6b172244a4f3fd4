// The CUDA rows of the layer norm ladders, one file per rung.
#pragma once

#include "kernels/core/cuda_rows.h"
#include "kernels/layer_norm/layer_norm.h"

namespace sonograd::kernels {

SONOGRAD_CUDA_ROWS(extern const KernelVariant<LayerNormForward> layer_norm_forward_naive,
                   layer_norm_forward_warp_per_row;
                   extern const KernelVariant<LayerNormBackwardData> layer_norm_backward_data_naive,
                   layer_norm_backward_data_warp_per_row;
                   extern const KernelVariant<LayerNormBackwardWeight> layer_norm_backward_weight_naive,
                   layer_norm_backward_weight_two_pass;)

}  // namespace sonograd::kernels
