// The CPU rows of the layer_norm ladders.
#pragma once

#include "kernels/layer_norm/layer_norm.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<LayerNormForward> layer_norm_forward_reference, layer_norm_forward_simd;
extern const KernelVariant<LayerNormBackwardData> layer_norm_backward_data_reference,
    layer_norm_backward_data_simd;
extern const KernelVariant<LayerNormBackwardWeight> layer_norm_backward_weight_reference,
    layer_norm_backward_weight_simd;

}  // namespace sonograd::kernels::cpu
