// The CPU rows of the conv2d ladders.
#pragma once

#include "kernels/conv2d/conv2d.h"

namespace sonograd::kernels::cpu {

extern const KernelVariant<Conv2dForward> conv2d_forward_reference, conv2d_forward_onednn,
    conv2d_forward_one_channel;
extern const KernelVariant<Conv2dBackwardData> conv2d_backward_data_reference, conv2d_backward_data_onednn,
    conv2d_backward_data_rotated_kernel, conv2d_backward_data_phases, conv2d_backward_data_one_channel;
extern const KernelVariant<Conv2dBackwardWeight> conv2d_backward_weight_reference,
    conv2d_backward_weight_onednn, conv2d_backward_weight_outer_product, conv2d_backward_weight_one_channel;

}  // namespace sonograd::kernels::cpu
